/** Files of a session: recordings, voicemails, faxes, attachments (§8). Pure. */
import type { FieldProblem, JsonObject, JsonValue, RecordingRecord } from "../../model/index.js";
import { readObject } from "../wire/index.js";
import { readValues, type Values } from "./evo-voice.values.js";
import { FILE_INFO } from "./evo-voice.wire.js";

type FileValues = Values<typeof FILE_INFO>;

/** Types of file that are somebody's voice. */
const RECORDING_TYPES = new Set(["CallRecording", "VoiceMessage", "LiveAnswerRecording"]);

/** The length of a recording feeds the recording as well as the file. */
const GRAPH_FIELDS = { recordingDuration: ["recordingDuration", "durationSeconds"] };

/** What the files of one session say of it. */
export interface SessionFiles {
  /** Every file, whatever its type, under the wire's names; a recording's `uri` is not among them. */
  files: JsonObject[];
  recordings: RecordingRecord[];
  problems: FieldProblem[];
}

/**
 * Reads rows of `GET /files`. A recording's `uri` is left out of everything: it is fetched when it is asked for and
 * never kept. A row that is no object leaves a problem and is passed over; a recording without an id cannot be fetched
 * again and is a file only.
 */
export function readFiles(rows: readonly JsonValue[]): SessionFiles {
  const problems: FieldProblem[] = [];
  const all = rows.flatMap((row, index) => {
    const wire = readObject(row, problems, `files[${index}]`);
    return wire === null ? [] : [readValues(wire, FILE_INFO, GRAPH_FIELDS)];
  });
  // Offset paging repeats rows when a file is added between two pages.
  const files = [...new Map(all.map((file, index) => [file.id ?? index, file])).values()];
  return {
    files: files.map((file) => (isRecording(file) ? { ...file, uri: null } : file)),
    recordings: files.flatMap((file) =>
      isRecording(file) && file.id !== null ? [toRecording(file, file.id)] : [],
    ),
    problems,
  };
}

/**
 * The address of a file's bytes, absolute. Null when the file has none (yet), or one that is not a web address.
 */
export function fileUrl(row: JsonValue, baseUrl: string): string | null {
  const wire = readObject(row, []);
  const uri = wire?.string("uri") ?? null;
  const url = uri === null ? null : URL.parse(uri, `${baseUrl}/`);
  return url?.protocol === "https:" || url?.protocol === "http:" ? url.href : null;
}

function isRecording(file: FileValues): boolean {
  return file.type !== null && RECORDING_TYPES.has(file.type);
}

function toRecording(file: FileValues, id: string): RecordingRecord {
  return {
    key: id,
    // A file is there or it is not: Evo Voice tells no state of it.
    status: null,
    format: toFormat(file),
    durationSeconds: file.recordingDuration,
    locator: { fileId: id },
    fields: { ...file, uri: null },
  };
}

/** MIME subtypes of audio whose usual name is another. */
const FORMATS: Readonly<Record<string, string>> = {
  mpeg: "mp3",
  "x-wav": "wav",
  wave: "wav",
  "vnd.wave": "wav",
  "x-m4a": "m4a",
};

/** `audio/mpeg` is mp3; without a usable content type the file's name decides. */
function toFormat({ contentType, fileName }: FileValues): string | null {
  const subtype = /^audio\/([a-z0-9.+-]+)/i.exec(contentType ?? "")?.[1]?.toLowerCase();
  if (subtype !== undefined) return FORMATS[subtype] ?? subtype;
  return /\.([a-z0-9]{2,5})$/i.exec(fileName ?? "")?.[1]?.toLowerCase() ?? null;
}
