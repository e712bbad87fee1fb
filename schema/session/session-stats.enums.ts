import { defineEnum } from "../shared/define-enum.js";

export const StatsBucket = defineEnum(
  "StatsBucket",
  "Length of the stretches of time that figures are given for, by the clocks of the time zone asked for.",
  {
    HOUR: "From one full hour to the next.",
    DAY: "From midnight to midnight.",
    WEEK: "From Monday to Monday.",
    MONTH: "From the first of a month to the first of the next.",
  },
);
export type StatsBucket = keyof typeof StatsBucket;

export const StatsDimension = defineEnum("StatsDimension", "What figures can be told apart by.", {
  PROVIDER: "The product that the sessions happened at.",
  CONNECTION: "The configured account that the sessions were read through.",
  STATE: "What the sessions are doing, or how they ended.",
  CHANNEL: "The medium.",
  DIRECTION: "Which way the sessions go.",
  OUTCOME: "What came of the sessions, as their reports say.",
});
export type StatsDimension = keyof typeof StatsDimension;
