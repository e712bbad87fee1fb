/** What clients ask for: every subscription to sessions, with and without filters, of what there is at the moment. */
import type { Random } from "../../../src/sandbox/kit/random.js";
import type { Wish } from "./clients.js";
import type { Happened } from "./truth.js";

const STATES = ["QUEUED", "RINGING", "IN_PROGRESS", "ON_HOLD", "COMPLETED"];
const CONNECTIONS = ["plivo", "evo", "speko", "portsip"];
/** Fields of providers that change while a session goes on. */
const FIELDS = ["status", "queueState", "analysisStatus", "disposition"];

const changes = (name: string, variables: Record<string, unknown> = {}): Wish => ({
  ...{ field: "sessionChanges", name, variables },
});
const filtered = (name: string, filter: object, more: object = {}): Wish =>
  changes(name, { filter, ...more });

/** What there is to ask for. */
function findIn(log: readonly Happened[]) {
  const newest = new Map(log.map((row) => [row.sessionKey, row]));
  const recent = [...newest.values()].slice(-60);
  const live = recent.filter(({ after }) => after.phase !== "ENDED");
  return {
    recent,
    live,
    ofSpeko: live.filter(({ connection }) => connection === "speko"),
    words: recent.flatMap(({ seen }) => seen.words.split(" ").filter((word) => /^[a-z]{4,}$/.test(word))),
    // Which have one spelling: others are found under several.
    addresses: recent.flatMap(({ seen }) => seen.addresses.filter((address) => /^\+|@/.test(address))),
    fields: recent.flatMap(({ seen }) =>
      Object.entries(seen.fields).filter(
        ([name, value]) => FIELDS.includes(name) && typeof value === "string",
      ),
    ),
  };
}

/** Whether enough has happened for one of every sort. */
export const isRich = (log: readonly Happened[]): boolean =>
  Object.values(findIn(log)).every((found) => found.length > 0);

/** One of every sort. @param log what has happened so far, which is enough */
export function wishesOf(random: Random, log: readonly Happened[]): Wish[] {
  const { recent, live, ofSpeko, words, addresses, fields } = findIn(log);
  const one = (rows: readonly Happened[]) => random.pick(rows);
  const ids = [one(live), one(live), one(recent), one(recent)].map(({ id }) => id);
  const withSnapshot = (): object => ({ snapshot: random.chance(0.7) });
  return [
    changes("everything that goes on"),
    changes("news alone", { snapshot: false }),
    filtered("everything there is", { phases: ["OPEN", "LIVE", "ENDED"] }),
    filtered("what is live", { phases: ["LIVE"] }, withSnapshot()),
    filtered("a state", { states: [random.pick(STATES)] }, withSnapshot()),
    filtered("two states", { states: [random.pick(STATES), random.pick(STATES)] }),
    filtered("a connection", { connections: [random.pick(CONNECTIONS)] }),
    filtered("an address", { address: random.pick(addresses) }, withSnapshot()),
    filtered("a word", { text: random.pick(words) }, withSnapshot()),
    filtered("a provider's field", { providerFields: Object.fromEntries([random.pick(fields)]) }),
    filtered("some sessions", { ids }),
    { field: "session", name: "a session", variables: { id: one(live).id } },
    { field: "session", name: "another session", variables: { id: one(ofSpeko).id } },
    { field: "transcript", name: "a transcript", variables: { sessionId: one(ofSpeko).id } },
    { field: "timeline", name: "a timeline", variables: { sessionId: one(live).id } },
    { field: "transfers", name: "transfers", variables: {} },
    {
      field: "transfers",
      name: "transfers of a connection",
      variables: { filter: { connections: [random.pick(CONNECTIONS)] } },
    },
  ];
}

/** One that will have much waiting for it when it does not read. */
export const HEAVY: Wish = {
  ...changes("news alone, read slowly", { snapshot: false }),
  isHeavy: true,
};

/** Sees something whatever happens. */
export const isBroad = ({ field, variables }: Wish): boolean =>
  field === "sessionChanges" && variables["filter"] === undefined;
