/** Description of the member that every mutation's input has (contract, "Commands"). */
export const IDEMPOTENCY_KEY =
  "A text of your own that names this very wish. A repeat with the same key and the same input answers what was " +
  "recorded the first time and sends nothing.";
