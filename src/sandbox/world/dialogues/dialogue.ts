import type { Random } from "../../kit/random.js";

export type Speaker = "user" | "agent" | "system";

/**
 * A conversation as people would have it, with blanks: `{customer}`, `{first}`, `{company}`, `{agent}`, `{party}`,
 * `{day}`, `{time}`, `{later}`, `{order}`, `{amount}`, `{street}`, `{code}`. Anything may use them, the outcome too.
 */
export interface Dialogue {
  name: string;
  /** BCP 47. */
  language: string;
  turns: readonly { who: Speaker; text: string }[];
  /** What a report says about it. */
  summary: string;
  outcome: string;
}

export type Blanks = Readonly<Record<string, string>>;

/** Reads `who: text` lines. @throws SyntaxError for a line without a known speaker */
export function dialogue(name: string, about: Omit<Dialogue, "name" | "turns">, script: string): Dialogue {
  const turns = script
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((line) => {
      const match = /^(user|agent|system): (.+)$/.exec(line);
      if (!match)
        throw new SyntaxError(`Dialogue ${name}: expected "user: …" or "agent: …", found "${line}"`);
      return { who: match[1] as Speaker, text: match[2]! };
    });
  return { name, ...about, turns };
}

/** @throws ReferenceError for a blank nobody filled, which would otherwise be read out as `{name}` */
export function fillBlanks(text: string, blanks: Blanks): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = blanks[name];
    if (value === undefined) throw new ReferenceError(`No value for {${name}} in "${text}"`);
    return value;
  });
}

const DAYS: Readonly<Record<string, readonly string[]>> = {
  en: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"],
  es: ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado"],
  de: ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"],
};

const STREETS = ["Alder Street", "Quayside", "Linden Avenue", "Mill Road", "Chapel Lane", "Orchard Close"];
const CALLES = ["calle del Olmo", "avenida Cristóbal Colón", "calle Peñalver", "paseo de la Alameda"];
const STRASSEN = ["Lindenstraße", "Am Mühlbach", "Königsallee", "Schöneberger Weg"];

/** Values for every blank, in the way the dialogue's language says them. */
export function drawBlanks(
  random: Random,
  language: string,
  who: { customer: string; agent: string; company: string },
): Blanks {
  const tongue = language.slice(0, 2);
  const hour = random.int(5, 8);
  const clock = (value: number, minutes: string): string =>
    tongue === "en" ? `${value}:${minutes} pm` : `${value + 12}:${minutes}`;
  const dollars = random.int(18, 260);
  const cents = random.digits(2);
  return {
    ...who,
    first: who.customer.split(" ")[0] ?? who.customer,
    party: String(random.int(2, 8)),
    day: random.pick(DAYS[tongue] ?? DAYS.en!),
    time: clock(hour, random.pick(["00", "15", "30"])),
    later: clock(hour + 1, "45"),
    order: `PP-${random.digits(6)}`,
    amount: tongue === "de" ? `${dollars},${cents} Euro` : `$${dollars}.${cents}`,
    street: `${random.int(2, 180)} ${random.pick(tongue === "es" ? CALLES : tongue === "de" ? STRASSEN : STREETS)}`,
    code: random.digits(4),
  };
}

const MS_PER_CHARACTER = 58;
const SHORTEST_TURN_MS = 900;

/** How long it takes to say `text`, ms. */
export function speakingTimeMs(text: string): number {
  return Math.max(SHORTEST_TURN_MS, text.length * MS_PER_CHARACTER);
}
