/** Times: milliseconds since the epoch inside, RFC 3339 with milliseconds at the edge. */

const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(\.\d{1,9})?([Zz]|[+-]\d{2}:?\d{2})?$/;

/** The last moment that RFC 3339 can write: its years have four digits. */
export const LATEST_MS = 253_402_300_799_999;

/**
 * Reads RFC 3339 (any offset, 0 to 9 fractional digits, a space for the T). A missing zone is taken as UTC, since
 * that is what the providers mean by it. Answers null for anything else: dates that do not exist, the zero dates with
 * which serializers say "unset" (year 99 and before), and moments past the year 9999 in UTC.
 */
export function parseTimestamp(text: string): number | null {
  const match = RFC3339.exec(text.trim());
  if (match === null) return null;
  const [, y, mo, d, h, mi, s, fraction = ".0", zone = "Z"] = match;
  const base = Date.UTC(Number(y), Number(mo) - 1, Number(d), Number(h), Number(mi), Number(s));
  const back = new Date(base);
  // Date.UTC rolls over silently (February 30 becomes March 2): read the parts back to notice.
  // It also takes the years 0 to 99 for 1900 to 1999.
  if (
    back.getUTCFullYear() !== Number(y) ||
    back.getUTCMonth() !== Number(mo) - 1 ||
    back.getUTCDate() !== Number(d) ||
    Number(h) > 23 ||
    Number(s) > 59
  )
    return null;
  const offset = zone.toUpperCase() === "Z" ? 0 : offsetMinutes(zone);
  if (offset === null) return null;
  const ms = base + Math.trunc(Number(`0${fraction}`) * 1000) - offset * 60_000;
  return ms > LATEST_MS ? null : ms;
}

function offsetMinutes(zone: string): number | null {
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(-2));
  if (hours > 23 || minutes > 59) return null;
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes);
}

/** Milliseconds to `2026-03-01T10:15:00.000Z`. */
export function toTimestamp(ms: number): string {
  return new Date(ms).toISOString();
}
