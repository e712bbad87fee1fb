/** What every provider keeps to (src/providers/provider.ts), one suite for all of them and for the specimen. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isProviderError, ProviderAuthFailedError, type ProviderError } from "../../src/errors/index.js";
import { CAPABILITIES, phaseOf, SECTIONS, type SessionSnapshot } from "../../src/model/index.js";
import { COMMAND_CAPABILITIES, type Command, type CommandKind } from "../../src/providers/commands.js";
import type { SessionPage } from "../../src/providers/provider.js";
import { PROVIDER_MODULES } from "../../src/providers/registry.js";
import { DRIVERS, TWO_DAYS_MS, type DrivenProvider } from "../support/provider-drivers.js";

const KINDS = Object.keys(COMMAND_CAPABILITIES) as CommandKind[];
/** Capabilities that mean that something can be done, rather than read. */
const DOING = ["CREATE", "UPDATE", "END", "HOLD", "RESUME", "TRANSFER_BLIND", "TRANSFER_WARM"] as const;
/** No encoding makes these one harmless segment of a path, or they mean something to some provider. */
const EVIL_IDS = ["", " ", ".", "..", "a/b", "a\\b", "?x", "#x", "a\nb", "\u0000", "%2e%2e", "%2F", "\ud800"];

async function collect(pages: AsyncIterable<SessionPage>): Promise<SessionSnapshot[]> {
  const found: SessionSnapshot[] = [];
  for await (const page of pages) {
    expect(page.rejected).toEqual([]);
    found.push(...page.snapshots);
  }
  return found;
}

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "no failure",
    (error: unknown) => error,
  );

it("the specimen is nobody's provider", () => {
  expect(PROVIDER_MODULES.map(({ typeName }) => typeName)).not.toContain("ExampleSession");
});

describe.each(DRIVERS)("$name", (driver) => {
  const { module } = driver;
  let driven: DrivenProvider;
  let listed: SessionSnapshot[];
  beforeAll(async () => {
    driven = await driver.start();
    listed = await collect(driven.connection.listSessions({ since: Date.now() - TWO_DAYS_MS }));
  }, 30_000);
  afterAll(() => driven[Symbol.asyncDispose]());

  const some = (): SessionSnapshot => {
    const [first] = listed;
    if (first === undefined) throw new Error("the list is empty");
    return first;
  };
  const commandOf = (kind: CommandKind, providerId: string): Command => ({
    kind,
    input: {},
    session: kind === "CREATE" ? null : { providerId, startedAt: null, endedAt: null, fields: {} },
    transferId: kind === "COMPLETE_TRANSFER" || kind === "CANCEL_TRANSFER" ? providerId : null,
    consultation: null,
  });

  it("says what it can do in words that exist, and can do what it says", () => {
    expect(CAPABILITIES).toEqual(expect.arrayContaining([...module.capabilities]));
    const { kinds } = driven.connection.commands;
    for (const kind of KINDS) {
      // A gap is a capability that is not there: NOT_SUPPORTED before any request.
      if (kinds.has(kind)) expect([...module.capabilities]).toContain(COMMAND_CAPABILITIES[kind]);
    }
    for (const capability of DOING) {
      expect({ capability, can: kinds.has(capability) }).toEqual({
        capability,
        can: module.capabilities.has(capability),
      });
    }
    expect(module.capabilities.has("REPORT")).toBe(kinds.has("FINALIZE_REPORT"));
    expect(module.capabilities.has("HISTORY")).toBe(true);
  });

  it("describes every setting, and keeps secrets secret", () => {
    for (const { key, env, description } of module.config) {
      expect(key).toMatch(/^[a-z][A-Za-z]+$/);
      expect(env).toMatch(/^[A-Z][A-Z_]+$/);
      expect(description.length).toBeGreaterThan(10);
    }
    expect(
      module.config.filter(({ key }) => /password|token|secret|key/i.test(key)).every(({ secret }) => secret),
    ).toBe(true);
  });

  it("lists everything, once, in snapshots that are whole", () => {
    expect(new Set(listed.map(({ providerKey }) => providerKey)).size).toBe(listed.length);
    expect(listed).toHaveLength(driven.sessionCount);
    for (const snapshot of listed) {
      expect(snapshot.provider).toBe(module.provider);
      expect(module.isProviderId(snapshot.providerId)).toBe(true);
      expect(snapshot.providerKey).toBe(module.toProviderKey(snapshot.providerId));
      expect(snapshot.observedAt).toBeLessThanOrEqual(Date.now());
      expect(SECTIONS).toEqual(expect.arrayContaining([...snapshot.sections]));
      expect(snapshot.problems).toEqual([]);
      // UNKNOWN may be any phase: a word that nobody has documented.
      if (snapshot.facts.state !== "UNKNOWN")
        expect(snapshot.facts.phase).toBe(phaseOf(snapshot.facts.state));
      // What is stored is what was read: nothing in a snapshot is lost on the way into a column of JSON.
      const { raw: _, ...rest } = snapshot;
      expect(JSON.parse(JSON.stringify(rest))).toEqual(rest);
    }
  });

  it("covers with each kind of look what it says it covers", async () => {
    const { connection } = driven;
    for (const section of connection.listSections) expect(connection.readSections).toContain(section);
    for (const section of connection.extraSections) expect(connection.readSections).not.toContain(section);
    for (const snapshot of listed)
      expect(snapshot.sections).toEqual(expect.arrayContaining([...connection.listSections]));
    const [outcome] = await connection.readSessions([some().providerId]);
    expect(outcome?.kind === "found" && [...outcome.snapshot.sections]).toEqual(
      expect.arrayContaining([...connection.readSections]),
    );
  });

  it("reads many by id, in order, and one that is not there does not spoil the others", async () => {
    const ids = listed.slice(0, 5).map(({ providerId }) => providerId);
    const unknown = some().providerId.replace(/[A-Za-z0-9]/g, (sign) => (/\d/.test(sign) ? "7" : "e"));
    const outcomes = await driven.connection.readSessions([...ids.slice(0, 2), unknown, ...ids.slice(2)]);
    expect(
      outcomes.map((outcome) => (outcome.kind === "found" ? outcome.snapshot.providerId : outcome.kind)),
    ).toEqual([...ids.slice(0, 2), "absent", ...ids.slice(2)]);
  });

  it("finds what is live, and nothing that has been over for long", async () => {
    const live = await collect(driven.connection.listLive());
    const unended = listed
      .filter(({ facts }) => facts.phase !== "ENDED")
      .map(({ providerKey }) => providerKey);
    expect(new Set(live.map(({ providerKey }) => providerKey))).toEqual(
      new Set([...live.map(({ providerKey }) => providerKey), ...unended]),
    );
  });

  it("reads each extra section of a session by itself", async () => {
    for (const section of driven.connection.extraSections) {
      const { facts, fields, providerId, providerKey } = some();
      const outcome = await driven.connection.readSection({ ...facts, providerId, fields }, section);
      expect(outcome.kind).toBe("found");
      if (outcome.kind !== "found") continue;
      expect(outcome.snapshot.providerKey).toBe(providerKey);
      expect(outcome.snapshot.sections).toContain(section);
    }
  });

  it("answers a recording's address fresh each time, and keeps none", async () => {
    const { connection } = driven;
    const withRecording = listed.filter(({ recordings = [] }) => recordings.length > 0);
    for (const { facts, fields, providerId, recordings = [] } of withRecording.slice(0, 3)) {
      for (const { locator } of recordings) {
        driven.forget();
        const url = await connection.recordingUrl({ ...facts, providerId, fields }, locator);
        const again = await connection.recordingUrl({ ...facts, providerId, fields }, locator);
        expect(url === null ? null : URL.canParse(url)).not.toBe(false);
        expect(again === null).toBe(url === null);
        if (url === null) continue;
        expect(driven.requests().length).toBeGreaterThanOrEqual(2);
        expect(JSON.stringify(driven.lines)).not.toContain(url);
        expect(JSON.stringify(listed)).not.toContain(url);
      }
    }
  });

  it("takes no id that could be another path", async () => {
    for (const id of EVIL_IDS) {
      const valid = module.isProviderId(id);
      if (id.trim() === "" || id === "." || id === ".." || /\p{Cc}/u.test(id) || !id.isWellFormed())
        expect({ id, valid }).toEqual({ id, valid: false });
      driven.forget();
      for (const kind of driven.connection.commands.kinds) {
        if (kind === "CREATE") continue;
        await failureOf(driven.connection.commands.send(commandOf(kind, id), { timeoutMs: 1_000 }));
      }
      // Whatever was sent has the id as one segment of its path, or, for an attended transfer, in its body.
      const paths = driven.requests().map((line) => line.split(" ")[1]?.split("?")[0] ?? "");
      const loose = paths.filter(
        (path) =>
          !path.endsWith("/sessions/1/attended_refer") &&
          !path.split("/").some((segment) => decodeURIComponent(segment) === id && id !== ""),
      );
      expect({ id, loose }).toEqual({ id, loose: [] });
    }
  });

  it("refuses what it has no command for, before any request", async () => {
    driven.forget();
    for (const kind of KINDS.filter((each) => !driven.connection.commands.kinds.has(each))) {
      const command = commandOf(kind, some().providerId);
      expect(() => driven.connection.commands.check(command)).toThrow(RangeError);
      expect(await failureOf(driven.connection.commands.send(command, { timeoutMs: 1_000 }))).toBeInstanceOf(
        RangeError,
      );
    }
    expect(driven.requests()).toEqual([]);
  });

  it("finds fault with members that are another provider's", () => {
    for (const kind of driven.connection.commands.kinds) {
      const command = { ...commandOf(kind, some().providerId), input: { somebodyElses: "+12025550134" } };
      const problems = driven.connection.commands.check(command);
      expect(problems.map(({ path }) => path)).toContainEqual(["somebodyElses"]);
      expect(JSON.stringify(problems)).not.toContain("2025550134");
    }
  });

  it("shows that it works, and what its credentials may do", async () => {
    await driven.connection.probe();
    for (const { what, ok, message } of await driven.connection.inspect()) {
      expect({ what, ok, message }).toMatchObject({ ok: ok === null ? null : true });
      expect(what.length + message.length).toBeGreaterThan(5);
    }
    const probe = driven.connection.webhookProbe("https://gateway.example.com/webhooks/x");
    if (probe !== null) expect(["GET", "POST"]).toContain(probe.method);
  });

  describe("in trouble", () => {
    it.each([
      ["failing", { always: { status: 503 } }, "PROVIDER_UNAVAILABLE"],
      ["cutting connections", { reset: "always" }, "PROVIDER_UNAVAILABLE"],
      ["answering HTML", { malformed: "html" }, "PROVIDER_BAD_RESPONSE"],
    ] as const)(
      "%s: every read says so, and none throws anything else",
      async (_, faults, code) => {
        const fresh = await driver.start();
        try {
          // Logged in already, where there is a login.
          await fresh.connection.probe();
          fresh.setFaults(faults);
          const ids = listed.slice(0, 2).map(({ providerId }) => providerId);
          const outcomes = await fresh.connection.readSessions(ids);
          expect(outcomes.map((outcome) => outcome.kind === "failed" && outcome.error.code)).toEqual([
            code,
            code,
          ]);
          const listing = await failureOf(
            collect(fresh.connection.listSessions({ since: Date.now() - TWO_DAYS_MS })),
          );
          expect(isProviderError(listing)).toBe(true);
          // What is looked up beside the login may still answer; the rest says what is wrong.
          expect((await fresh.connection.inspect()).map(({ ok }) => ok)).toContain(false);
        } finally {
          await fresh[Symbol.asyncDispose]();
        }
      },
      30_000,
    );

    it("a command that meets a failure is sent once and says whether it left", async () => {
      const fresh = await driver.start();
      try {
        await fresh.connection.probe();
        const [kind] = [...fresh.connection.commands.kinds].filter((each) => each === "END");
        if (kind === undefined) throw new Error("every provider can end a session");
        for (const faults of [{ always: { status: 500 } }, { reset: "always" }] as const) {
          fresh.setFaults(faults);
          fresh.forget();
          const command = commandOf(kind, some().providerId);
          const error = (await failureOf(
            fresh.connection.commands.send(command, { timeoutMs: 1_000 }),
          )) as ProviderError;
          expect(isProviderError(error)).toBe(true);
          expect(error.sent).toBe(true);
          expect(fresh.requests()).toHaveLength(1);
        }
      } finally {
        await fresh[Symbol.asyncDispose]();
      }
    }, 30_000);

    it("credentials that are refused are named as the connection's trouble", async () => {
      const intruder = driven.intruder();
      try {
        const error = await failureOf(intruder.probe());
        expect(error).toBeInstanceOf(ProviderAuthFailedError);
        expect((error as Error).message).not.toContain("wrong-on-purpose");
        const [outcome] = await intruder.readSessions([some().providerId]);
        expect(outcome?.kind === "failed" && outcome.error.code).toBe("PROVIDER_AUTH_FAILED");
      } finally {
        await intruder.close();
      }
    });

    it("an aborted read rejects with the reason it was given", async () => {
      const reason = new Error("nobody waits any more");
      const signal = AbortSignal.abort(reason);
      expect(await failureOf(driven.connection.probe({ signal }))).toBe(reason);
    });
  });

  it("logs no secret and no number", () => {
    const text = JSON.stringify(driven.lines);
    for (const secret of driven.secrets) expect(text).not.toContain(secret);
    expect(text).not.toMatch(/\+\d{10}/);
  });

  it("closes twice, and answers nothing afterwards", async () => {
    const fresh = await driver.start();
    await fresh.connection.close();
    await fresh.connection.close();
    expect(isProviderError(await failureOf(fresh.connection.probe()))).toBe(true);
    await fresh[Symbol.asyncDispose]();
  });
});
