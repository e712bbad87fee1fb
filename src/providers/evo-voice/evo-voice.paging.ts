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
 * deleted or moved to the archive and others have slipped to a page that was read already: that page is read once more.
 */
export async function* readPages(
  mode: PagingMode,
  source: ProviderErrorSource,
  read: (page: number) => Promise<EvoVoicePage>,
): AsyncGenerator<EvoVoicePage> {
  let before = "";
  let total = 0;
  for (let page = 0; ; page += 1) {
    const answer = await read(page);
    if (mode === "normal" && page > 0 && (answer.totalCount ?? Infinity) < total) {
      const slipped = await read(page - 1);
      total = slipped.totalCount ?? 0;
      yield slipped;
    }
    total = Math.max(total, answer.totalCount ?? 0);
    const ids = JSON.stringify(answer.items.map(idOf));
    if (answer.items.length > 0 && ids === before)
      throw new ProviderBadResponseError("Evo Voice answers every page of a list with the same one.", source);
    before = ids;
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
