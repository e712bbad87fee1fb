/** Pages of a list, to its end (§4.1). Offsets without a snapshot: callers sort explicitly and de-duplicate by id. */
import { ProviderBadResponseError, type ProviderErrorSource } from "../../errors/index.js";
import { isJsonObject, type JsonValue } from "../../model/index.js";
import type { EvoVoicePage } from "./evo-voice.client.js";

/**
 * `simplified` skips the totals, which is cheaper, and ends by `hasMorePages`; `normal` has totals and ends by
 * `totalPages`. Neither's member may be read in the other mode.
 */
export type PagingMode = "simplified" | "normal";

/** Rows asked for at once. The server's own maximum is not documented; fewer rows than asked for end nothing. */
export const COUNT_PER_PAGE = 100;

/** A list that shrinks this many times in a row just where it is being read has to be read another time. */
const MAX_RETURNS = 5;

/**
 * Yields pages until the list ends. Pages count from 0. Throws `ProviderBadResponseError` when a page repeats the one
 * before it: a server that ignores `page` would otherwise be read for ever.
 *
 * When the total shrinks on the way, rows were deleted or moved to the archive and others may have slipped to pages that
 * were read already. The walk then returns to a page with a row that it has met before, and goes on from there: whatever
 * arrives or goes meanwhile moves rows again, so neither that page alone nor the one that told of it would do.
 */
export async function* readPages(
  mode: PagingMode,
  source: ProviderErrorSource,
  read: (page: number) => Promise<EvoVoicePage>,
): AsyncGenerator<EvoVoicePage> {
  let before = "";
  let total = 0;
  let returns = 0;
  let isReturning = false;
  /** Ids of rows without a gap before them. */
  const met = new Set<JsonValue>();
  for (let page = 0, furthest = 0; ;) {
    const answer = await read(page);
    const hasShrunk = mode === "normal" && page > 0 && (answer.totalCount ?? Infinity) < total;
    total = answer.totalCount ?? total;
    const ids = JSON.stringify(answer.items.map(idOf));
    if (answer.items.length > 0 && ids === before)
      throw new ProviderBadResponseError("Evo Voice answers every page of a list with the same one.", source);
    yield answer;
    const goesBack = isReturning ? page > 0 && !answer.items.some((item) => met.has(idOf(item))) : hasShrunk;
    if (goesBack) {
      if (!isReturning) returns += 1;
      if (returns > MAX_RETURNS)
        throw new ProviderBadResponseError("Evo Voice's list shrinks while it is being read.", source);
      isReturning = true;
      before = "";
      page -= 1;
      continue;
    }
    isReturning = false;
    before = ids;
    for (const item of answer.items) met.add(idOf(item));
    if (isLastPage(mode, answer, page)) return;
    if (page > furthest) [furthest, returns] = [page, 0];
    page += 1;
  }
}

/** What the mode's own member leaves unsaid is settled by asking on until a page is empty. */
function isLastPage(mode: PagingMode, answer: EvoVoicePage, page: number): boolean {
  if (answer.items.length === 0) return true;
  if (mode === "simplified") return answer.hasMorePages === false;
  return answer.totalPages !== null && page + 1 >= answer.totalPages;
}

function idOf(item: JsonValue): JsonValue {
  return isJsonObject(item) ? (item.id ?? null) : null;
}
