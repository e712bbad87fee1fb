import { defineEnum } from "../shared/define-enum.js";

export const ReportOrigin = defineEnum("ReportOrigin", "Who wrote a report.", {
  PROVIDER: "The provider.",
  DERIVED: "Nobody: it was computed here from totals and states.",
});
export type ReportOrigin = keyof typeof ReportOrigin;

export const AnalysisStatus = defineEnum(
  "AnalysisStatus",
  "How far the provider's analysis of a session has come.",
  {
    HEURISTIC: "A quick first pass; what it says may still change.",
    COMPLETED: "Done.",
    FAILED: "It did not work.",
    UNKNOWN: "The provider's word for it is not known here.",
  },
);
export type AnalysisStatus = keyof typeof AnalysisStatus;
