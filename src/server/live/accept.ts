/** What an Accept header says about event streams. */

const STREAM = "text/event-stream";
const JSON_TYPES = ["application/json", "application/graphql-response+json"];

/**
 * `preferred`: the client wants the answer as an event stream. `possible`: it can read one, but rather has JSON, as
 * clients do that name everything they know in every request.
 */
export type StreamWish = "preferred" | "possible" | "no";

/** Reads an Accept header; of types with equal weight the one that is named first is preferred. */
export function streamWish(accept: string | undefined): StreamWish {
  const types = (accept ?? "").split(",").map((part, place) => {
    const [name = "", ...parameters] = part.split(";").map((piece) => piece.trim().toLowerCase());
    const q = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
    return { name, weight: q === undefined ? 1 : Number(q) || 0, place };
  });
  const stream = types.find(({ name, weight }) => name === STREAM && weight > 0);
  if (stream === undefined) return "no";
  const preferred = types.every(
    ({ name, weight, place }) =>
      !JSON_TYPES.includes(name) ||
      weight < stream.weight ||
      (weight === stream.weight && place > stream.place),
  );
  return preferred ? "preferred" : "possible";
}
