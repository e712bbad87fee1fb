/**
 * The fields of a session that need more than its row. Each first makes sure that the cache holds what it is made of.
 * Where the provider cannot be asked, a list that must not be null answers what is kept (and `freshness` says why it
 * may be short); a field that may be null fails alone when nothing is kept.
 */
import { BadUserInputError } from "../errors/index.js";
import type { Section } from "../model/index.js";
import type { StoredEvent, StoredTranscriptEntry } from "../store/store.js";
import {
  parsePlaceCursor,
  readFirst,
  toForwardPage,
  toPlaceCursor,
  type ForwardPage,
  type ForwardPageArgs,
} from "./forward-page.js";
import { maxAgeOf } from "./freshness.js";
import type { LoaderDependencies } from "./dependencies.js";
import {
  toTranscriptEntryNode, type InteractionNode, type MemberNode, type RecordingNode, type ReportNode,
  type SessionNode, type TimelineNode, type TranscriptEntryNode, type TransferNode,
} from "./nodes.js"; // prettier-ignore
import type { SessionLoaders } from "./session-loaders.js";
import { toTimeline } from "./timeline.js";

type MaybeNow<T> = T | Promise<T>;

/** Source of `Transcript`. */
export interface TranscriptNode {
  session: SessionNode;
}

/** Source of `Freshness`. */
export interface FreshnessNode {
  fetchedAt: number;
  ageSeconds: number;
  stale: boolean;
  source: "PROVIDER" | "CACHE" | "PUSH";
  error: { code: string; message: string; retryAfterSeconds: number | null; at: number } | null;
}

export interface SessionFields {
  members(session: SessionNode): MaybeNow<MemberNode[]>;
  interactions(session: SessionNode): MaybeNow<InteractionNode[]>;
  transfers(session: SessionNode): MaybeNow<TransferNode[]>;
  recordings(session: SessionNode): MaybeNow<RecordingNode[]>;
  report(session: SessionNode): MaybeNow<ReportNode | null>;
  transcript(session: SessionNode): MaybeNow<TranscriptNode | null>;
  transcriptText(session: SessionNode): Promise<string>;
  transcriptEntryCount(session: SessionNode): Promise<number>;
  transcriptEntries(
    transcript: TranscriptNode,
    args: ForwardPageArgs,
  ): Promise<ForwardPage<TranscriptEntryNode> & { totalCount: number }>;
  timeline(session: SessionNode, args: ForwardPageArgs): MaybeNow<ForwardPage<TimelineNode>>;
  freshness(session: SessionNode): MaybeNow<FreshnessNode>;
  /** A provider field that only an extra read gives; null when the provider has none. */
  detail(session: SessionNode, section: Section, field: string): Promise<unknown>;
  interactionRecording(interaction: InteractionNode): MaybeNow<RecordingNode | null>;
  /** Fetched from the provider now; never kept. */
  recordingUrl(recording: RecordingNode): Promise<string | null>;
}

const DEFAULT_PAGE = 50;
/** Roles as they stand at the head of a line of the transcript's text. */
const SPEAKERS = { USER: "User", AGENT: "Agent", SYSTEM: "System", UNKNOWN: "Unknown" } as const;

/** Builds the field side of one operation. */
export function createSessionFields(
  dependencies: LoaderDependencies,
  loaders: SessionLoaders,
): SessionFields {
  const { sync, now } = dependencies;
  const { children } = loaders;
  const connectionOf = (session: SessionNode) =>
    sync.directory.get(session.handle.row.connection)?.connection;

  /** After the section is there; a failure without anything kept is thrown where the field may be null. */
  function after<T>(
    session: SessionNode,
    section: Section,
    nullable: boolean,
    read: () => MaybeNow<T>,
  ): MaybeNow<T> {
    const wait = loaders.ensure(session, section);
    if (wait === undefined) return read();
    return wait.then((error) => {
      if (error !== null && nullable) throw error;
      return read();
    });
  }

  /** True where every session of the connection has a transcript, be it an empty one. */
  function alwaysHasTranscript(session: SessionNode): boolean {
    const connection = connectionOf(session);
    return (
      connection?.module.capabilities.has("TRANSCRIPT") === true &&
      connection.readSections.includes("transcript")
    );
  }

  function freshnessOf({ handle: { row, freshness, live } }: SessionNode): FreshnessNode {
    const ageMs = Math.max(0, now() - row.fetchedAt);
    const { error, errorAt } = freshness;
    return {
      fetchedAt: row.fetchedAt,
      ageSeconds: ageMs / 1000,
      stale: error !== null || (live && !freshness.read && ageMs > maxAgeOf(row, now())),
      source: freshness.read ? "PROVIDER" : row.source === "PUSH" ? "PUSH" : "CACHE",
      error:
        error === null
          ? null
          : {
              code: error.code,
              message: error.message,
              retryAfterSeconds: error.retryAfterSeconds ?? null,
              at: errorAt ?? now(),
            },
    };
  }

  async function afterPending(session: SessionNode): Promise<FreshnessNode> {
    // The other fields of this session are being asked in this very tick: what they set going counts as well.
    await Promise.resolve();
    await Promise.allSettled(session.handle.pending);
    return freshnessOf(session);
  }

  const turn = (entry: StoredTranscriptEntry, session: SessionNode) => toTranscriptEntryNode(entry, session);

  return {
    members: (session) => after(session, "members", false, () => children.members(session)),
    interactions: (session) => after(session, "interactions", false, () => children.interactions(session)),
    transfers: (session) => after(session, "transfers", false, () => children.transfers(session)),
    recordings: (session) => after(session, "recordings", false, () => children.recordings(session)),
    report: (session) => after(session, "report", true, () => children.report(session)),
    transcript: (session) =>
      after(session, "transcript", true, () =>
        // No turns: a transcript that is still empty where sessions of this provider have one, none elsewhere.
        session.handle.row.hasTranscript || alwaysHasTranscript(session) ? { session } : null,
      ),
    transcriptEntryCount: (session) => loaders.turns.count(session.handle.row.key),
    async transcriptText(session) {
      const turns = await loaders.turns.all(session.handle.row.key);
      return turns.map((entry) => `${SPEAKERS[entry.source]}: ${entry.text}`).join("\n");
    },
    async transcriptEntries({ session }, args) {
      const size = readFirst(args.first, DEFAULT_PAGE);
      const afterIndex = args.after ? Number(parsePlaceCursor("turns", args.after)) : -1;
      const { key } = session.handle.row;
      const [rows, totalCount] = await Promise.all([
        loaders.turns.after(key, afterIndex, size + 1),
        loaders.turns.count(key),
      ]);
      const nodes = rows.map((row) => turn(row, session));
      const cursorOf = (node: TranscriptEntryNode) => toPlaceCursor("turns", String(node.index));
      return { ...toForwardPage(nodes, size, afterIndex >= 0, cursorOf), totalCount };
    },
    timeline(session, args) {
      const size = readFirst(args.first, DEFAULT_PAGE);
      const page = (events: readonly StoredEvent[], transfers: readonly TransferNode[]) => {
        const all = toTimeline(session, events, transfers);
        const cursorOf = (event: TimelineNode) => toPlaceCursor("timeline", `${event.at} ${event.sortKey}`);
        // A cursor names its event, not a count: events that arrive late may slip in before it.
        const place = args.after ? parsePlaceCursor("timeline", args.after) : null;
        const start = place === null ? 0 : all.findIndex((event) => comparePlaces(event, place) > 0);
        const rows = start === -1 ? [] : all.slice(start, start + size + 1);
        return toForwardPage(rows, size, start > 0, cursorOf);
      };
      return after(session, "events", true, () =>
        after(session, "transfers", false, () => {
          const [events, transfers] = [children.events(session), children.transfers(session)];
          if (!isPromise(events) && !isPromise(transfers)) return page(events, transfers);
          return Promise.all([events, transfers]).then((both) => page(...both));
        }),
      );
    },
    freshness(session) {
      return session.handle.isComplete ? freshnessOf(session) : afterPending(session);
    },
    async detail(session, section, field) {
      const error = await loaders.ensure(session, section);
      if (error) throw error;
      return session.handle.row.fields[field] ?? null;
    },
    interactionRecording({ session, recordingKey }) {
      if (recordingKey === null) return null;
      return after(session, "recordings", true, async () => {
        const recordings = await children.recordings(session);
        return recordings.find((recording) => recording.key === recordingKey) ?? null;
      });
    },
    async recordingUrl(recording) {
      if (dependencies.storedOnly === true)
        throw new BadUserInputError(
          "url: ask for it in a query; what is told of changes is not fetched from a provider.",
        );
      const { row } = recording.session.handle;
      const connection = connectionOf(recording.session);
      return connection === undefined ? null : connection.recordingUrl(row, recording.locator);
    },
  };
}

function isPromise<T>(value: MaybeNow<T>): value is Promise<T> {
  return value instanceof Promise;
}

/** Order of an event against a cursor's place: by time, then by key. */
function comparePlaces(event: TimelineNode, place: string): number {
  const space = place.indexOf(" ");
  const at = Number(place.slice(0, space));
  const key = place.slice(space + 1);
  if (event.at !== at) return event.at - at;
  return event.sortKey < key ? -1 : event.sortKey > key ? 1 : 0;
}
