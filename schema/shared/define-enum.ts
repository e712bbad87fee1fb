import { registerEnumType } from "type-graphql";

/**
 * Declares a GraphQL enum and answers the object that names it in `@Field(() => …)`. Every value equals its name, so a
 * plain string of the same spelling is a value of the enum.
 *
 * @param words each value with its description
 */
export function defineEnum<Word extends string>(
  name: string,
  description: string,
  words: Readonly<Record<Word, string>>,
): { readonly [W in Word]: W } {
  const names = Object.keys(words) as Word[];
  const values = Object.fromEntries(names.map((word) => [word, word])) as { readonly [W in Word]: W };
  const valuesConfig: Partial<Record<Word, { description: string }>> = {};
  for (const word of names) valuesConfig[word] = { description: words[word] };
  registerEnumType<Record<Word, string>>(values, { name, description, valuesConfig });
  return values;
}
