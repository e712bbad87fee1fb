import { defineEnum } from "../shared/define-enum.js";

export const RelationReason = defineEnum(
  "RelationReason",
  "What makes two sessions look like the same conversation, seen by two providers.",
  {
    SAME_CALL_ID: "Both carry the same call id of a carrier or of SIP.",
    SAME_PARTIES: "The same two numbers, or a number and somebody of the same name, talked at the same time.",
    TRANSFER_TARGET: "One was transferred to a number that was called, right after it, in the other.",
    VIRTUAL_NUMBER: "One goes through a virtual number that belongs to the other, while that one has a call.",
    USER_DATA: "One carries the other's id in its user data, or both carry the same ticket or order number.",
  },
);
export type RelationReason = keyof typeof RelationReason;
