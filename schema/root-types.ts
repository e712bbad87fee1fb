import { Command } from "./command/command.type.js";
import { ReportPayload, SessionPayload, TransferPayload } from "./command/payload.type.js";
import {
  CreateEvoVoiceSessionInput,
  UpdateEvoVoiceSessionInput,
} from "./evo-voice/evo-voice-session.input.js";
import { EvoVoiceSession } from "./evo-voice/evo-voice-session.type.js";
import { CreatePlivoSessionInput, UpdatePlivoSessionInput } from "./plivo/plivo-session.input.js";
import { PlivoSession } from "./plivo/plivo-session.type.js";
import { CreatePortsipSessionInput } from "./portsip/portsip-session.input.js";
import { PortsipSession } from "./portsip/portsip-session.type.js";
import { FinalizeReportInput } from "./report/report.input.js";
import { SessionChange } from "./session/session-change.type.js";
import { SessionConnection } from "./session/session-connection.type.js";
import { SessionOrder } from "./session/session-order.input.js";
import { SessionStats } from "./session/session-stats.type.js";
import { EndSessionInput, HoldSessionInput, ResumeSessionInput } from "./session/session.input.js";
import { Session } from "./session/session.type.js";
import { Node } from "./shared/node.type.js";
import { SpekoSession } from "./speko/speko-session.type.js";
import { TranscriptHitConnection } from "./transcript/transcript-hit.type.js";
import {
  CancelTransferInput,
  CompleteTransferInput,
  TransferSessionInput,
} from "./transfer/transfer.input.js";
import { Viewer } from "./viewer/viewer.type.js";

/**
 * Pass as `orphanedTypes` to `buildSchema`: the types from which every other output type can be reached, so that all of
 * them are in the schema whichever root fields exist.
 */
export const OUTPUT_TYPES = [
  Node,
  Session,
  PlivoSession,
  EvoVoiceSession,
  SpekoSession,
  PortsipSession,
  SessionConnection,
  SessionStats,
  SessionChange,
  TranscriptHitConnection,
  Command,
  SessionPayload,
  TransferPayload,
  ReportPayload,
  Viewer,
];

/** The inputs that root fields take. They come into a schema with those fields; add them to `orphanedTypes` to have all. */
export const INPUT_TYPES = [
  SessionOrder,
  CreatePlivoSessionInput,
  UpdatePlivoSessionInput,
  CreatePortsipSessionInput,
  CreateEvoVoiceSessionInput,
  UpdateEvoVoiceSessionInput,
  EndSessionInput,
  HoldSessionInput,
  ResumeSessionInput,
  TransferSessionInput,
  CompleteTransferInput,
  CancelTransferInput,
  FinalizeReportInput,
];
