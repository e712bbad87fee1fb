/** `transcript`: the turns of one session as they are spoken; a corrected turn again, under its index. */
import { toTranscriptEntryNode } from "../loaders/nodes.js";
import type { ChangeRow, StoredTranscriptEntry } from "../store/store.js";
import { begun, beginning, digest, type KnownPlace } from "./known.js";
import { never, type LiveSource, type Told } from "./live.js";
import { findSession } from "./one-session.js";
import type { LiveReading } from "./reading.js";

export interface TranscriptArgs {
  sessionId: string;
  afterIndex?: number | null;
}

/** Turns read at once at the start. */
const PAGE = 500;

/** Throws `NotFoundError`, or the provider's failure where nothing is stored. */
export async function transcriptSource(
  { sessionId, afterIndex }: TranscriptArgs,
  reading: LiveReading,
): Promise<LiveSource<KnownPlace>> {
  const { store } = reading;
  const session = await findSession(sessionId, "sessionId", reading, "transcript");
  const known = (index: number) => String(index);

  async function begin(afterIndex: number) {
    const from = await store.changes.last();
    const turns: StoredTranscriptEntry[] = [];
    for (let page: StoredTranscriptEntry[] = [], index = afterIndex; ;) {
      page = (await store.transcript.pages([session.key], index, PAGE)).get(session.key) ?? [];
      turns.push(...page);
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) break;
      index = last.index;
    }
    const node = await session.node();
    const until = await store.changes.last();
    const told = node === null ? [] : turns.map((turn) => toTold(from, turn));
    function toTold(sequence: number, turn: StoredTranscriptEntry): Told {
      return { sequence, value: node && toTranscriptEntryNode(turn, node) };
    }
    const seen = new Map(turns.map((turn) => [known(turn.index), digest(turn)]));
    return { told, place: begun(from, until, seen), end: await session.end(until) };
  }

  async function tell(changes: readonly ChangeRow[], place: KnownPlace | null): Promise<Told[]> {
    const spoken = changes.filter((change) => change.changed.includes("transcript"));
    if (spoken.length === 0) return [];
    const node = await session.node();
    const turns = (await store.transcript.bySessionKeys([session.key])).get(session.key) ?? [];
    if (node === null) return [];
    return spoken.flatMap(({ sequence, parts }) => {
      const named = parts.transcript && new Set(parts.transcript);
      const isTold = (turn: StoredTranscriptEntry) =>
        place !== null && sequence <= place.until && place.known.get(known(turn.index)) === digest(turn);
      return turns
        .filter((turn) => (named?.has(turn.index) ?? true) && !isTold(turn))
        .map((turn) => ({ sequence, value: toTranscriptEntryNode(turn, node) }));
    });
  }

  return {
    stream: session.stream,
    start: beginning(afterIndex ?? -1),
    watched: session.watched,
    async page(place) {
      if (!place.hasBegun) return begin(place.afterIndex);
      const { told, upTo, end } = await session.catchUp(place.position, (changes) => tell(changes, place));
      return { told, place: begun(upTo, place.until, place.known), end };
    },
    read: (rows) => session.read(rows, (changes) => tell(changes, null)),
    [Symbol.asyncIterator]: never as never,
  };
}
