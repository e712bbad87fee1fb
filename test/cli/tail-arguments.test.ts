import { describe, expect, it } from "vitest";
import { readTailArguments } from "../../src/cli/tail-arguments.js";
import { toTailLine, type TailChange } from "../../src/cli/tail-line.js";

describe("the arguments of switchboard tail", () => {
  it("become the graph's filter, in the words that people type", () => {
    const read = readTailArguments(
      [
        "--phase",
        "live,open",
        "--state",
        "in-progress",
        "--connection",
        "pbx",
        "--connection",
        "evo",
        "--text",
        "late order",
      ],
      {},
    );
    expect(read.filter).toEqual({
      phases: ["LIVE", "OPEN"],
      states: ["IN_PROGRESS"],
      connections: ["pbx", "evo"],
      text: "late order",
    });
    expect(read).toMatchObject({
      url: "ws://127.0.0.1:4000/graphql",
      key: null,
      after: null,
      snapshot: true,
      json: false,
    });
  });

  it("take address and key from the environment where they are not given", () => {
    const environment = { HOST: "::1", PORT: "4100", SWITCHBOARD_API_KEY: "k" };
    expect(readTailArguments([], environment)).toMatchObject({ url: "ws://[::1]:4100/graphql", key: "k" });
    const given = readTailArguments(
      ["--url", "https://calls.example/switch/graphql", "--key", "j"],
      environment,
    );
    expect(given).toMatchObject({ url: "wss://calls.example/switch/graphql", key: "j" });
  });

  it.each([
    [["--url", "nonsense"], /--url: expected an address/],
    [["--url", "ftp://a"], /--url: expected an address/],
    [["--colour"], /--colour/],
    [["stray"], /stray/],
    [["--phase", "live,nope"], /^--phase: expected one of open, live, ended, unknown; got "nope"$/],
    [["--provider", "evo"], /--provider: expected one of plivo, evo-voice, speko, portsip; got "evo"/],
  ])("refuse %j", (argv, problem) => {
    expect(() => readTailArguments(argv, {})).toThrow(problem);
  });
});

describe("a line of switchboard tail", () => {
  const change: TailChange = {
    cursor: "c",
    kind: "UPDATED",
    at: "2026-03-01T10:15:00.123Z",
    changed: ["state", "answeredAt"],
    previousState: "RINGING",
    session: {
      ...{
        id: "s",
        provider: "SPEKO",
        providerId: "p",
        channel: "VOICE",
        direction: "INBOUND",
        phase: "LIVE",
      },
      ...{ state: "IN_PROGRESS", title: "A\u001b[2Jtitle", startedAt: null, durationSeconds: null },
      connection: { name: "speko" },
      from: { address: "+12025550134", displayName: "Ada\nL." },
      to: null,
    },
  };

  it("says when, what, where, who and which fields", () => {
    expect(toTailLine(change, false)).toMatch(
      /^10:15:00\.123 {2}UPDATED {3}speko {7}RINGING → IN_PROGRESS {7}Ada L\. → \? +state answeredAt\n$/,
    );
  });

  it("lets no control character of a provider through to the terminal", () => {
    const line = toTailLine({ ...change, kind: "CREATED", previousState: null }, false);
    expect(line.trimEnd()).not.toMatch(/\p{Cc}/u);
  });
});
