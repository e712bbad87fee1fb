import { defineEnum } from "../shared/define-enum.js";

export const TranscriptSource = defineEnum(
  "TranscriptSource",
  "Who said or wrote a turn of a conversation.",
  {
    USER: "The person who called or wrote.",
    AGENT: "The account's side, person or machine.",
    SYSTEM: "Nobody: a marker that the provider put in.",
    UNKNOWN: "The provider's word for it is not known here.",
  },
);
export type TranscriptSource = keyof typeof TranscriptSource;
