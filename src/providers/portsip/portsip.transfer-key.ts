import { parsePhoneNumber } from "../../model/index.js";

/** A recipient that nobody named: not in the command, not in the call log. */
const UNKNOWN_TARGET = "transfer";

/**
 * What a transfer is known by. PortSIP gives it no id, so it is its recipient: the one thing that both the command that
 * asks for it and the call log that tells of it later have. `1003`, `sip:1003@example.test` and `tel:1003` are one
 * recipient, and so are the spellings of a telephone number.
 */
export function toTransferKey(target: string | null, region: string): string {
  const bare = (target ?? "")
    .replace(/[\s\p{Cc}]+/gu, "")
    .replace(/^(?:sips?|tel):/i, "")
    .replace(/[@;?].*$/, "")
    .toLowerCase();
  return bare === "" ? UNKNOWN_TARGET : `to:${parsePhoneNumber(bare, region)?.e164 ?? bare}`;
}

/** Numbers the transfers of one session to the same recipient, in the order they came: `to:1003`, `to:1003#2`. */
export class TransferKeys {
  readonly #counts = new Map<string, number>();

  next(target: string | null, region: string): string {
    const key = toTransferKey(target, region);
    const nth = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, nth);
    return nth === 1 ? key : `${key}#${nth}`;
  }
}
