/**
 * Ways in which the references contradict each other and nothing public says which is live. Each can be switched while
 * the server runs, so that a client is tried against both.
 */
export interface PlivoModes {
  /** Documented as strings, sent as numbers in every sample (Plivo reference Q1). @default "number" */
  money: "number" | "string";
  /** 2023 rows carry microseconds, 2024 rows whole seconds (Q5). @default "seconds" */
  timestamps: "seconds" | "microseconds";
  /** What stands after the offset; `+0000` was seen once (Q5). @default "UTC" */
  zone: "UTC" | "+0000";
  /** PIN members of a session without PIN: null in 2024, missing in 2023 (§2.5). @default "null" */
  unset: "null" | "absent";
  /** Expire answers 200 with a body, or 204 without (Q11). @default 200 */
  deleteStatus: 200 | 204;
  /** Which defaults create fills in: those of the samples or those of the text (Q8). @default "samples" */
  defaults: "samples" | "documented";
  /** The next so many creates do their work and then answer 500, which is how duplicates are made. @default 0 */
  failAfterCreate: number;
  /** Which signatures callbacks carry: pages on either scheme exist, and none names masking (§13.1). @default "both" */
  signatures: "v3" | "v2" | "both";
}

export const DEFAULT_MODES: Readonly<PlivoModes> = {
  money: "number",
  timestamps: "seconds",
  zone: "UTC",
  unset: "null",
  deleteStatus: 200,
  defaults: "samples",
  failAfterCreate: 0,
  signatures: "both",
};
