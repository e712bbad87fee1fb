import { expect, test } from "vitest";
import { BadUserInputError } from "../../src/errors/index.js";
import { pathSegment } from "../../src/http/path-segment.js";

test.each([
  ["4189591e-d004-4801-abdf-8893c15e5dcd", "4189591e-d004-4801-abdf-8893c15e5dcd"],
  ["../Call", "..%2FCall"],
  ["a b?c#d%2F", "a%20b%3Fc%23d%252F"],
  ["...", "..."],
  ["žluť", "%C5%BElu%C5%A5"],
])("%s becomes one segment", (id, segment) => {
  expect(pathSegment(id)).toBe(segment);
  expect(new URL(`http://host/a/${segment}/b`).pathname).toBe(`/a/${segment}/b`);
});

test.each(["", ".", "..", "a\nb", "a\u0000", "\u007f", "\ud800"])("%j cannot be a segment", (id) => {
  expect(() => pathSegment(id)).toThrow(BadUserInputError);
});
