import type { Conversation, Person, Step, TransferScript } from "../conversation.js";
import { connect, endSession, holdSession, resumeSession } from "./evo-changes.js";
import type { Directory } from "./evo-directory.js";
import { addFile } from "./evo-files.js";
import { isoDate, writeLog, type SessionMemberInfo, type SessionRecord } from "./evo-records.js";
import { newCallSid, tenantOf, toMember } from "./evo-script.js";

/** A conversation, its session, and who is who. */
export interface Scene {
  conversation: Conversation;
  record: SessionRecord;
  directory: Directory;
}

/** One step of a conversation as this provider records it. */
export function applyStep(scene: Scene, step: Step, at: number): void {
  const { record } = scene;
  const { info } = record;
  settleDue(record, at);
  if (step.do === "recording") {
    if (step.outcome === "ready") saveRecording(record, at);
    return;
  }
  if (step.do === "report") return saveReport(record, step, at);
  // Somebody hung up or redirected the call through the API while the script still had plans.
  if (info.ended) return;
  if (record.isRedirected && step.do !== "end") return;

  switch (step.do) {
    case "queue":
      return enterQueue(scene, step.queue, at);
    case "ring":
      return ring(scene, step.party, at);
    case "answer":
      return answer(scene, step.party, step.by, at);
    case "say":
      return say(scene, step, at);
    case "hold":
      return hold(scene, step, at);
    case "resume":
      return resumeSession(record, `${personOf(scene, step.by).name} resumed`, at);
    case "mute":
    case "unmute": {
      const member = memberOf(scene, personOf(scene, step.party));
      member.muted = step.do === "mute";
      return writeLog(info, at, `${member.displayName} ${step.do}d`);
    }
    case "transfer":
      return transfer(scene, step.transfer, at);
    case "fax-page":
      record.faxPages = step.page;
      return writeLog(info, at, `Page ${step.page} ${info.direction === "Incoming" ? "received" : "sent"}`);
    case "hangup":
      return writeLog(info, at, `${personOf(scene, step.by).name} hung up`);
    case "end":
      return endSession(record, at, step.reason, scene.conversation.traits.outcome);
  }
}

/** Lets happen what is due by `at`: outcomes of transfers, which take their time after the step itself. */
export function settleDue(record: SessionRecord, at: number): void {
  while (record.due[0] && record.due[0].at <= at) {
    const next = record.due.shift();
    next?.happen(next.at);
  }
}

function enterQueue({ conversation, record, directory }: Scene, queue: string, at: number): void {
  const { info } = record;
  info.queueState = "Queued";
  info.callState = "Passive";
  info.ringQueueId = directory.queueIdOf(tenantOf(conversation, directory), queue);
  connect(info.members[0]);
  writeLog(info, at, `Entered queue ${queue}`);
}

function ring(scene: Scene, party: "from" | "to", at: number): void {
  const { info } = scene.record;
  const member = memberOf(scene, personOf(scene, party));
  member.callState = "Ringing";
  info.dialState = "Active";
  if (info.queueState === "Queued") info.queueState = "Ringing";
  else info.callState = "Ringing";
  writeLog(info, at, `Ringing ${member.displayName}`);
}

function answer(scene: Scene, party: "from" | "to", by: Person | undefined, at: number): void {
  const { info } = scene.record;
  const person = by ?? personOf(scene, party);
  const member = memberOf(scene, person);
  connect(member);
  if (party === "from") return writeLog(info, at, `${person.name} is on the line`);

  connect(info.members[0]);
  scene.record.answeredBy = person;
  info.dialState = "None";
  info.callState = "Connected";
  info.answeredByName = person.name;
  if (member.endpointId) info.answeredById = member.endpointId;
  if (info.queueState !== "None") {
    info.queueState = "Connected";
    info.queueMemberId = member.endpointId ?? member.identity;
    delete info.ringQueueId;
  }
  writeLog(info, at, `Answered by ${person.name}`);
}

/** Chats keep every message; of a voice call only the recording's transcription will tell. */
function say(scene: Scene, step: Extract<Step, { do: "say" }>, at: number): void {
  const { record, conversation } = scene;
  const { info } = record;
  if (step.who === "system") return writeLog(info, at, step.text);
  const isCaller = (step.who === "user") === (info.direction === "Incoming");
  const person = isCaller ? conversation.from : conversation.to;
  if (info.channel !== "Chat") {
    record.spoken.push(`${person.name}: ${step.text}`);
    return;
  }
  const hasPicture = step.who === "user" && record.random.chance(0.15);
  record.messages.push({
    date: isoDate(at),
    from: person.number ?? person.email ?? person.name,
    body: step.text,
    ...(hasPicture
      ? { mediaUri: "https://media.example.com/chat/photo.jpg", mediaContentType: "image/jpeg" }
      : {}),
  });
  info.dateLastModified = isoDate(at);
}

function hold(scene: Scene, step: Extract<Step, { do: "hold" }>, at: number): void {
  const person = personOf(scene, step.by);
  const by = { userId: scene.directory.endpointIdOf(person), name: person.name };
  holdSession(scene.record, by, step.reason === "transferring" ? "Transferring" : "None", at);
}

/** Destinations are tried one after another; each attempt and each outcome happens at its own time. */
function transfer(scene: Scene, script: TransferScript, at: number): void {
  const { record, directory } = scene;
  const { info } = record;
  const by = personOf(scene, script.by);
  holdSession(record, { userId: directory.endpointIdOf(by), name: by.name }, "Transferring", at);
  writeLog(info, at, `Transfer (${script.kind}) started by ${by.name}`);
  if (script.kind === "warm") info.conferenceSid ??= `CF${record.random.hex(32)}`;

  let tryAt = at;
  for (const [index, { to, outcome, afterMs }] of script.destinations.entries()) {
    const isLast = index === script.destinations.length - 1;
    const decidedAt = tryAt + afterMs;
    record.due.push({ at: tryAt, happen: (when) => dial(scene, to, script.screeningPrompt, when) });
    record.due.push({
      at: decidedAt,
      happen: (when) => {
        const member = memberOf(scene, to);
        writeLog(info, when, `Transfer to ${to.name}: ${outcome}`);
        if (outcome === "answered" || outcome === "voicemail") {
          connect(member);
          if (script.kind === "blind") memberOf(scene, by).callState = "None";
          info.answeredByName = to.name;
          if (member.endpointId) info.answeredById = member.endpointId;
          return resumeSession(record, script.summary ?? `Transferred to ${to.name}`, when);
        }
        member.callState = "None";
        if (isLast) resumeSession(record, `Transfer failed, fallback: ${script.fallback ?? "none"}`, when);
      },
    });
    tryAt = decidedAt;
  }
  settleDue(record, at);
}

function dial(scene: Scene, to: Person, screeningPrompt: string | null, at: number): void {
  const { info } = scene.record;
  const member = memberOf(scene, to, "Transfer");
  member.callState = "Ringing";
  if (member.callSid) info.mostRecentParticipantCallSid = member.callSid;
  writeLog(info, at, screeningPrompt ? `Ringing ${to.name}: ${screeningPrompt}` : `Ringing ${to.name}`);
}

function saveRecording(record: SessionRecord, at: number): void {
  const { info } = record;
  const wasAnswered = info.answeredByName !== undefined;
  if (info.channel === "Voice") addFile(record, wasAnswered ? "CallRecording" : "VoiceMessage", at);
  if (info.channel === "Chat") addFile(record, "Attachment", at);
}

/** A summary ends up with the recording, wherever that is by now. */
function saveReport(record: SessionRecord, step: Extract<Step, { do: "report" }>, at: number): void {
  if (step.analysis === "failed") return;
  record.aiTranscription = step.summary;
  for (const file of record.files) {
    file.aiTranscription = step.summary;
    file.dateLastModified = isoDate(at);
  }
  record.info.outcome ??= step.outcome;
  record.info.dateLastModified = isoDate(at);
}

/** Whoever picked up stands for the called party from then on. */
function personOf({ conversation, record }: Scene, party: "from" | "to"): Person {
  return party === "from" ? conversation.from : (record.answeredBy ?? conversation.to);
}

/** The participant a person is, added when new. */
function memberOf(
  { record, conversation, directory }: Scene,
  person: Person,
  role?: SessionMemberInfo["role"],
): SessionMemberInfo {
  const { info, random } = record;
  const callSid = info.channel === "Voice" ? newCallSid(random) : undefined;
  const isInside =
    info.direction === "Incoming" ? person !== conversation.from : person === conversation.from;
  const fresh = toMember(person, role ?? (isInside ? "Agent" : "None"), directory, callSid);
  const known = info.members.find(({ identity }) => identity === fresh.identity);
  if (known) return known;
  fresh.isOriginalMember = person === conversation.to;
  info.members.push(fresh);
  return fresh;
}
