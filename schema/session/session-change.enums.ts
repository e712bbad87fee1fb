import { defineEnum } from "../shared/define-enum.js";

export const ChangeKind = defineEnum("ChangeKind", "What happened to a session, as a subscriber sees it.", {
  SNAPSHOT: "Nothing: this is how the session stood when the subscription began.",
  CREATED: "The session was seen for the first time.",
  UPDATED: "Something about the session changed.",
  ENDED: "The session ended.",
  LEFT: "It no longer matches the subscription's filter; this is the last word on it until it matches again.",
});
export type ChangeKind = keyof typeof ChangeKind;
