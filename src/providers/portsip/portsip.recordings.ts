/**
 * Recordings of a call (PortSIP reference §5.3). A recording carries no session id; the name of its file embeds the id
 * of the call's record, so only a file that names one of the call's own ids is taken as its recording.
 */
import type {
  EpochMs,
  FieldProblem,
  JsonObject,
  JsonValue,
  RecordingRecord,
  SessionSnapshot,
} from "../../model/index.js";
import type { ReadOptions } from "../provider.js";
import { readObject } from "../wire/index.js";
import type { PortsipClient } from "./portsip.client.js";
import { toPortsipKey } from "./portsip.id.js";

/** Clocks of call log and recorder may differ by this much, milliseconds. */
const SLACK_MS = 5_000;

/** What else is needed to find a call's recordings. */
export interface RecordingSearch {
  /** Ids of the call's records: one per step. */
  ids: readonly (string | null)[];
  now: EpochMs;
}

/** The recordings of a logged call. */
export async function readRecordings(
  client: PortsipClient,
  { facts, providerKey }: SessionSnapshot,
  search: RecordingSearch,
  options?: ReadOptions,
): Promise<RecordingRecord[]> {
  if (facts.answeredAt === null) return [];
  const ids = new Set([providerKey, ...search.ids.filter((id) => id !== null).map(toPortsipKey)]);
  const { items } = await client.recordings(
    facts.answeredAt - SLACK_MS,
    (facts.endedAt ?? search.now) + SLACK_MS,
    options,
  );
  const recordings: RecordingRecord[] = [];
  for (const item of items) {
    const id = readObject(item, [])?.text("id") ?? null;
    if (id === null || !isOfParties(item, facts)) continue;
    const detail = await client.recording(id, options);
    const files = detail?.items ?? [];
    recordings.push(...files.flatMap((file, index) => toRecording(file, id, index, ids) ?? []));
  }
  return recordings;
}

function isOfParties(item: JsonValue, { from, to }: SessionSnapshot["facts"]): boolean {
  const wire = readObject(item, []);
  const ends = [from?.address, to?.address];
  return [wire?.text("caller"), wire?.text("callee")].some((end) => end !== null && ends.includes(end));
}

function toRecording(
  file: JsonValue,
  id: string,
  index: number,
  ids: ReadonlySet<string>,
): RecordingRecord | null {
  const problems: FieldProblem[] = [];
  const wire = readObject(file, problems);
  const fileName = wire?.string("file_name") ?? null;
  if (wire === null || fileName === null || !namesOneOf(fileName, ids)) return null;
  const duration = wire.number("duration");
  const fields: JsonObject = {
    providerId: id,
    caller: wire.text("caller"),
    callee: wire.text("callee"),
    startedAt: wire.timestamp("started_at"),
    endedAt: wire.timestamp("ended_at"),
    duration,
    fileName,
    fileSize: wire.number("file_size"),
    statusDescription: wire.string("status_description"),
    sentiment: wire.string("sentiment"),
  };
  return {
    key: index === 0 ? id : `${id}-${index}`,
    status: wire.string("status"),
    format: /\.([A-Za-z0-9]{2,4})$/.exec(fileName ?? "")?.[1]?.toLowerCase() ?? null,
    durationSeconds: duration,
    locator: { id, file: fileName },
    fields,
  };
}

/** True when one of the ids stands in the name as a whole, not as part of a longer number. */
function namesOneOf(fileName: string, ids: ReadonlySet<string>): boolean {
  return [...ids].some((id) =>
    fileName
      .split(id)
      .some(
        (before, index, parts) =>
          index + 1 < parts.length && !/\d$/.test(before) && !/^\d/.test(parts[index + 1] ?? ""),
      ),
  );
}

/** The address of a recording's file. It is a path from the host's root (§5.3); whoever has it can fetch the file. */
export function fileUrl(
  files: readonly JsonValue[],
  name: JsonValue | undefined,
  baseUrl: string,
): string | null {
  const wires = files.map((file) => readObject(file, []));
  const wire = wires.find((candidate) => candidate?.string("file_name") === name) ?? wires[0];
  const path = wire?.string("file_url") ?? null;
  const url = path !== null && URL.canParse(path, baseUrl) ? new URL(path, baseUrl) : null;
  return url !== null && /^https?:$/.test(url.protocol) ? url.href : null;
}
