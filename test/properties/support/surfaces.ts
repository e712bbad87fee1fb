/** Every endpoint that is read, by provider. */
import {
  evoChat, evoChatXml, evoFiles, evoFilesXml, evoList, evoListXml, evoRead, evoReadXml,
} from "./evo-voice.js"; // prettier-ignore
import { plivoList, plivoRead } from "./plivo.js";
import { portsipDetail, portsipLive, portsipLogs, portsipRead, portsipRecordings } from "./portsip.js";
import { spekoAgentCalls, spekoEvents, spekoRead, spekoSessions } from "./speko.js";
import type { Surface } from "./surface.js";

export const SURFACES: readonly Surface[] = [
  plivoList, plivoRead, evoList, evoListXml, evoRead, evoReadXml, evoFiles, evoFilesXml, evoChat, evoChatXml,
  spekoRead, spekoAgentCalls, spekoSessions, spekoEvents, portsipLive, portsipRead, portsipLogs, portsipDetail,
  portsipRecordings,
]; // prettier-ignore

/** The endpoints that tell whether a session is over, by provider. */
export const PHASED: Readonly<Record<string, readonly Surface[]>> = {
  Plivo: [plivoList, plivoRead],
  "Evo Voice": [evoList, evoListXml, evoRead],
  Speko: [spekoRead, spekoAgentCalls, spekoSessions],
  PortSIP: [portsipLogs, portsipDetail, portsipLive, portsipRead],
};
