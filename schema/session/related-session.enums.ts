import { defineEnum } from "../shared/define-enum.js";

export const RelationReason = defineEnum(
  "RelationReason",
  "What makes two sessions look like the same conversation, seen by two providers.",
  {
    SAME_CALL_ID: "Both carry the same call id of a carrier or of SIP.",
    SAME_PARTIES: "The same two numbers talked at the same time.",
    TRANSFER_TARGET: "One was transferred to a number that the other was answered on.",
    VIRTUAL_NUMBER: "One goes through a virtual number that belongs to the other.",
    USER_DATA: "One carries, in its user data, something that identifies the other.",
  },
);
export type RelationReason = keyof typeof RelationReason;
