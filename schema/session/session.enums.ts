import { defineEnum } from "../shared/define-enum.js";

export const Channel = defineEnum("Channel", "The medium of a session.", {
  VOICE: "A telephone or VoIP call.",
  CHAT: "An exchange of text messages.",
  FAX: "A fax.",
  UNKNOWN: "The provider did not say, or said something that is not known here.",
});
export type Channel = keyof typeof Channel;

export const Direction = defineEnum("Direction", "Which way a session goes, seen from the account's owner.", {
  INBOUND: "From the outside to the account.",
  OUTBOUND: "From the account to the outside.",
  INTERNAL: "Between two ends that both belong to the account, such as two extensions.",
  TRANSIT: "From the outside through the account to the outside.",
  UNKNOWN: "The provider did not say, or said something that is not known here.",
});
export type Direction = keyof typeof Direction;

export const SessionPhase = defineEnum("SessionPhase", "How far along a session is, in the coarsest terms.", {
  OPEN: "The session exists and can take calls; none is up.",
  LIVE: "A call is up: queued, ringing, talking or on hold.",
  ENDED: "The session is over for good.",
  UNKNOWN: "It cannot be told from what the provider says.",
});
export type SessionPhase = keyof typeof SessionPhase;

export const SessionState = defineEnum(
  "SessionState",
  "What a session is doing, or how it ended. Each provider's own words are beside it on its session type.",
  {
    OPEN: "It exists and can take calls; none is up. Phase OPEN.",
    QUEUED: "A caller waits in a queue. Phase LIVE.",
    RINGING: "Somebody is being called and has not answered. Phase LIVE.",
    IN_PROGRESS: "It was answered and goes on. Phase LIVE.",
    ON_HOLD: "It was answered and one side is on hold. Phase LIVE.",
    COMPLETED: "It was answered and ended normally. Phase ENDED.",
    MISSED: "It came in and nobody took it. Phase ENDED.",
    NO_ANSWER: "It went out and was not answered. Phase ENDED.",
    BUSY: "The called side was busy. Phase ENDED.",
    CANCELLED: "It was given up before it was answered. Phase ENDED.",
    FAILED: "It could not be set up, or broke down. Phase ENDED.",
    EXPIRED: "Its time ran out, or it was closed ahead of time. Phase ENDED.",
    UNKNOWN: "The provider's word for it is not known here.",
  },
);
export type SessionState = keyof typeof SessionState;

export const SessionOrderField = defineEnum("SessionOrderField", "What a list of sessions is sorted by.", {
  STARTED_AT: "When the session started.",
  UPDATED_AT: "When the session last changed at its provider.",
  ENDED_AT: "When the session ended. Sessions that go on come last in either direction.",
  DURATION: "How long the session lasted. Sessions without a duration come last in either direction.",
});
export type SessionOrderField = keyof typeof SessionOrderField;

export const OrderDirection = defineEnum("OrderDirection", "Which end of an order comes first.", {
  ASC: "The smallest or oldest first.",
  DESC: "The largest or newest first.",
});
export type OrderDirection = keyof typeof OrderDirection;
