/** What clocks showed where: a time zone as stretches of one offset each. Pure but for the runtime's zone data. */

/** A stretch of time in which a zone's clocks kept one distance from UTC. Milliseconds; the ends may be infinite. */
export interface ZoneSegment {
  /** Itself included. */
  start: number;
  /** Itself not included. */
  end: number;
  /** Local time minus UTC. */
  offset: number;
}

const SECOND = 1_000;
/** No zone has changed its clocks and changed them back within a week since 1970. */
const STEP = 7 * 86_400 * SECOND;
/** Clocks are followed between these moments; before and after, the nearest offset is taken to have stood still. */
const FIRST = Date.UTC(1970, 0, 1);
const LAST = Date.UTC(2100, 0, 1);
const UTC: readonly ZoneSegment[] = [{ start: -Infinity, end: Infinity, offset: 0 }];

/** By the runtime's own spelling of the name, so that there are no more entries than zones. */
const known = new Map<string, readonly ZoneSegment[]>([["UTC", UTC]]);

/**
 * The segments of an IANA zone between two moments (the first one starts at -Infinity, the last one ends at Infinity),
 * oldest first. Null when there is no such zone; offsets such as `+05:30` are no zones.
 */
export function zoneSegments(
  name: string,
  since = -Infinity,
  until = Infinity,
): readonly ZoneSegment[] | null {
  const clock = openClock(name);
  if (clock === null) return null;
  const { timeZone } = clock.resolvedOptions();
  const all = known.get(timeZone) ?? follow(clock);
  known.set(timeZone, all);
  const kept = all.filter(({ start, end }) => start < until && end > since);
  return (kept.length > 0 ? kept : all.slice(-1)).map((segment, index, list) => ({
    ...segment,
    start: index === 0 ? -Infinity : segment.start,
    end: index === list.length - 1 ? Infinity : segment.end,
  }));
}

function openClock(timeZone: string): Intl.DateTimeFormat | null {
  if (!/^[A-Za-z]/.test(timeZone)) return null;
  const two = "2-digit";
  try {
    return new Intl.DateTimeFormat("en-US", {
      ...{ timeZone, calendar: "gregory", numberingSystem: "latn", hourCycle: "h23", year: "numeric" },
      ...{ month: two, day: two, hour: two, minute: two, second: two },
    });
  } catch {
    return null;
  }
}

function follow(clock: Intl.DateTimeFormat): ZoneSegment[] {
  const segments: ZoneSegment[] = [];
  let current: ZoneSegment = { start: -Infinity, end: Infinity, offset: offsetAt(clock, FIRST) };
  for (let at = FIRST; at < LAST; at += STEP) {
    const offset = offsetAt(clock, at + STEP);
    if (offset === current.offset) continue;
    const change = findChange(clock, at, at + STEP, current.offset);
    segments.push({ ...current, end: change });
    current = { start: change, end: Infinity, offset };
  }
  return [...segments, current];
}

/** The first second between the two at which the offset is another one. */
function findChange(clock: Intl.DateTimeFormat, before: number, after: number, offset: number): number {
  let [low, high] = [before / SECOND, after / SECOND];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(clock, middle * SECOND) === offset) low = middle;
    else high = middle;
  }
  return high * SECOND;
}

function offsetAt(clock: Intl.DateTimeFormat, at: number): number {
  const part = Object.fromEntries(clock.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) - at;
}
