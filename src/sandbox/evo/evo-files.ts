import type { SandboxHttpAnswer } from "../kit/sandbox-http.js";
import { silentWav } from "../kit/silence.js";
import { isoDate, type FileInfo, type FileType, type SessionRecord } from "./evo-records.js";

/** Where the bytes of a file are, below the server's own address, which is not known before it listens. */
export const MEDIA_PATH = "/media/files/";

/** Writes down a file that came out of a session: a recording, a voicemail or a fax. */
export function addFile(record: SessionRecord, type: FileType, at: number): FileInfo {
  const { info, random } = record;
  const id = random.hex(24);
  const isFax = type === "Fax" || type === "FaxOutgoing";
  const body = mediaOf(isFax);
  const file: FileInfo = {
    id,
    dateCreated: isoDate(at),
    dateLastModified: isoDate(at),
    ...(info.createdBy ? { createdBy: info.createdBy } : {}),
    type,
    accountId: info.accountId,
    accountName: info.accountName,
    ...(info.customerId ? { customerId: info.customerId, customerName: info.customerName } : {}),
    customerBreadcrumb: info.customerBreadcrumb,
    ...(info.answeredById ? { userId: info.answeredById, userName: info.answeredByName } : {}),
    fileName: `${type}-${info.dateCreated.slice(0, 10)}-${id.slice(-6)}.${isFax ? "pdf" : "wav"}`,
    uri: `${MEDIA_PATH}${id}`,
    contentType: isFax ? "application/pdf" : "audio/wav",
    contentLength: body.length,
    ...(isFax ? {} : recordingMembers(record, at)),
    ...(info.fromAddress ? { fromAddress: info.fromAddress } : {}),
    ...(info.toAddress ? { toAddress: info.toAddress } : {}),
  };
  record.files.push(file);
  return file;
}

/** The file itself. */
export function serveMedia(file: FileInfo): SandboxHttpAnswer {
  return {
    status: 200,
    headers: { "content-type": file.contentType },
    body: mediaOf(file.contentType === "application/pdf"),
  };
}

function recordingMembers(record: SessionRecord, at: number): Partial<FileInfo> {
  const { info, random, spoken, aiTranscription } = record;
  const end = info.dateCompleted ? Date.parse(info.dateCompleted) : at;
  return {
    recordingSid: `RE${random.hex(32)}`,
    recordingDuration: Math.max(1, Math.floor((end - Date.parse(info.dateCreated)) / 1000)),
    ...(info.fromName ? { recordingFrom: info.fromName } : {}),
    ...(spoken.length > 0 ? { transcription: spoken.join("\n") } : {}),
    ...(aiTranscription === null ? {} : { aiTranscription }),
  };
}

/** The smallest document that viewers open: one empty page. */
const EMPTY_PDF =
  "%PDF-1.1\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" +
  "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

function mediaOf(isFax: boolean): Buffer {
  return isFax ? Buffer.from(EMPTY_PDF) : silentWav();
}
