import type { NonEmptyArray } from "type-graphql";
import { CommandResolver } from "./command/command.resolver.js";
import { SessionCommandResolver } from "./command/session-command.resolver.js";
import { TransferCommandResolver } from "./command/transfer-command.resolver.js";
import { ConnectionResolver } from "./connection/connection.resolver.js";
import { InteractionResolver } from "./interaction/interaction.resolver.js";
import { NodeResolver } from "./node/node.resolver.js";
import { PartyResolver, PhoneNumberResolver } from "./party/party.resolver.js";
import { RecordingResolver } from "./recording/recording.resolver.js";
import { ReportResolver } from "./report/report.resolver.js";
import { EvoVoiceSessionResolver, PortsipSessionResolver } from "./session/provider-session.resolver.js";
import { SessionConnectionResolver } from "./session/session-connection.resolver.js";
import { SessionStatsResolver } from "./session/session-stats.resolver.js";
import { SessionResolver } from "./session/session.resolver.js";
import { SubscriptionResolver } from "./subscription/subscription.resolver.js";
import { TranscriptSearchResolver } from "./transcript/transcript-search.resolver.js";
import { TranscriptResolver } from "./transcript/transcript.resolver.js";
import { TransferResolver } from "./transfer/transfer.resolver.js";
import { ViewerResolver } from "./viewer/viewer.resolver.js";

/** Every resolver class of the graph. */
export const RESOLVERS = [
  NodeResolver,
  SessionResolver,
  SessionConnectionResolver,
  SessionStatsResolver,
  EvoVoiceSessionResolver,
  PortsipSessionResolver,
  PartyResolver,
  PhoneNumberResolver,
  InteractionResolver,
  TransferResolver,
  TranscriptResolver,
  TranscriptSearchResolver,
  ReportResolver,
  RecordingResolver,
  ConnectionResolver,
  CommandResolver,
  SessionCommandResolver,
  TransferCommandResolver,
  ViewerResolver,
  SubscriptionResolver,
] as const satisfies NonEmptyArray<new () => object>;
