import { BOOKING_DIALOGUES } from "./bookings.js";
import { CARE_DIALOGUES } from "./care.js";
import { DELIVERY_DIALOGUES } from "./deliveries.js";
import type { Dialogue } from "./dialogue.js";
import { OFFICE_DIALOGUES } from "./office.js";

export type { Blanks, Dialogue } from "./dialogue.js";
export { drawBlanks, fillBlanks, speakingTimeMs } from "./dialogue.js";

export const DIALOGUES: readonly Dialogue[] = [
  ...BOOKING_DIALOGUES,
  ...DELIVERY_DIALOGUES,
  ...CARE_DIALOGUES,
  ...OFFICE_DIALOGUES,
];

/** @throws RangeError for a name that is not in the book */
export function dialogueNamed(name: string): Dialogue {
  const found = DIALOGUES.find((one) => one.name === name);
  if (!found) throw new RangeError(`No dialogue "${name}"`);
  return found;
}
