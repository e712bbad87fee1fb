/** The door of the room: every class, enum and scalar of the graph, and the list of output types to build it with. */
export * from "./shared/date-time.scalar.js";
export * from "./shared/decimal.scalar.js";
export * from "./shared/json.scalar.js";
export * from "./shared/money.type.js";
export * from "./shared/node.type.js";
export * from "./shared/page-info.type.js";
export * from "./shared/personal.decorator.js";
export * from "./shared/ref.js";
export * from "./shared/scope.decorator.js";
export * from "./shared/source-error.type.js";
export * from "./shared/sync-type-resolution.js";

export * from "./connection/connection.enums.js";
export * from "./connection/connection.type.js";
export * from "./connection/source-status.type.js";
export * from "./connection/webhook-inbox.type.js";

export * from "./party/party.type.js";
export * from "./party/phone-number.args.js";
export * from "./party/phone-number.type.js";

export * from "./session/freshness.enums.js";
export * from "./session/freshness.type.js";
export * from "./session/related-session.enums.js";
export * from "./session/related-session.type.js";
export * from "./session/session-change.enums.js";
export * from "./session/session-change.type.js";
export * from "./session/session-connection.type.js";
export * from "./session/session-filter.input.js";
export * from "./session/session-order.input.js";
export * from "./session/session-stats.args.js";
export * from "./session/session-subscription.args.js";
export * from "./session/session-stats.enums.js";
export * from "./session/session-stats.type.js";
export * from "./session/session.args.js";
export * from "./session/session.enums.js";
export * from "./session/session.input.js";
export * from "./session/session.type.js";

export * from "./interaction/interaction.type.js";
export * from "./interaction/leg.type.js";
export * from "./member/member.enums.js";
export * from "./member/member.type.js";
export * from "./recording/recording.type.js";
export * from "./report/cost-line.type.js";
export * from "./report/report.enums.js";
export * from "./report/report.input.js";
export * from "./report/report.type.js";
export * from "./timeline/timeline-connection.type.js";
export * from "./timeline/timeline-event.type.js";
export * from "./timeline/timeline.args.js";
export * from "./transcript/transcript-entry.type.js";
export * from "./transcript/transcript-hit.type.js";
export * from "./transcript/transcript.args.js";
export * from "./transcript/transcript.enums.js";
export * from "./transcript/transcript.type.js";
export * from "./transfer/transfer.enums.js";
export * from "./transfer/transfer.input.js";
export * from "./transfer/transfer.type.js";

export * from "./command/command.enums.js";
export * from "./command/command.type.js";
export * from "./command/payload.type.js";
export * from "./command/user-error.type.js";
export * from "./viewer/viewer.type.js";

export * from "./evo-voice/evo-voice-file.type.js";
export * from "./evo-voice/evo-voice-nested.type.js";
export * from "./evo-voice/evo-voice-session.input.js";
export * from "./evo-voice/evo-voice-session.type.js";
export * from "./plivo/plivo-session.input.js";
export * from "./plivo/plivo-session.type.js";
export * from "./portsip/portsip-call-log.type.js";
export * from "./portsip/portsip-call.type.js";
export * from "./portsip/portsip-session.enums.js";
export * from "./portsip/portsip-session.input.js";
export * from "./portsip/portsip-session.type.js";
export * from "./speko/speko-session.type.js";
export * from "./speko/speko-webhook-delivery.type.js";

export { INPUT_TYPES, OUTPUT_TYPES } from "./root-types.js";
