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

/**
 * Yields pages until the list ends. Pages count from 0. Throws `ProviderBadResponseError` when a page repeats the one
 * before it: a server that ignores `page` would otherwise be read for ever. When the total shrinks on the way, rows were
 * deleted or moved to the archive and others have slipped to pages that were read already: those are read once more, back
 * to one with a row that was there before. A bulk deletion lets more than a page of them slip.
 */
export async function* readPages(
  mode: PagingMode,
  source: ProviderErrorSource,
  read: (page: number) => Promise<EvoVoicePage>,
): AsyncGenerator<EvoVoicePage> {
  let before = "";
  let total = 0;
  const seen = new Set<JsonValue>();
  for (let page = 0; ; page += 1) {
    const answer = await read(page);
    if (mode === "normal" && page > 0 && (answer.totalCount ?? Infinity) < total) {
      for (let back = page - 1, isKnown = false; back >= 0 && !isKnown; back -= 1) {
        const slipped = await read(back);
        total = slipped.totalCount ?? 0;
        isKnown = slipped.items.some((item) => seen.has(idOf(item)));
        yield slipped;
      }
    }
    total = Math.max(total, answer.totalCount ?? 0);
    const ids = JSON.stringify(answer.items.map(idOf));
    if (answer.items.length > 0 && ids === before)
      throw new ProviderBadResponseError("Evo Voice answers every page of a list with the same one.", source);
    before = ids;
    for (const item of answer.items) seen.add(idOf(item));
    yield answer;
    if (isLastPage(mode, answer, page)) return;
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
