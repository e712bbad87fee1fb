import type { EvoArguments } from "./evo-arguments.js";
import { invalidArgument } from "./evo-errors.js";

/** Members that every list answers (Evo Voice reference §4.1). */
export interface ListResponse<T> {
  items: T[];
  totalCount: number;
  totalPages: number;
  hasMorePages: boolean;
}

/**
 * One page. With totals `hasMorePages` stays false, with `simplifiedPaging` the totals stay 0: a client that reads the
 * wrong one stops after the first page.
 */
export function toPage<T>(items: readonly T[], args: EvoArguments): ListResponse<T> {
  const page = args.integer("page") ?? 0;
  const size = args.integer("countPerPage") ?? 25;
  if (page < 0) throw invalidArgument("Page", "'Page' must not be negative.");
  if (size < 1) throw invalidArgument("CountPerPage", "'CountPerPage' must be greater than '0'.");
  const isSimplified = args.flag("simplifiedPaging");
  const isAll = args.flag("all");
  const start = isAll ? 0 : page * size;
  const end = isAll ? items.length : start + size;
  return {
    items: items.slice(start, end),
    totalCount: isSimplified ? 0 : items.length,
    totalPages: isSimplified ? 0 : isAll ? 1 : Math.ceil(items.length / size),
    hasMorePages: isSimplified && end < items.length,
  };
}

/**
 * Sorted by `sortField` in any case, `dateCreated` when left out, upwards unless `sortOrder` says otherwise. A field
 * nobody has leaves the order of creation, as the database under it does. Equal values keep the order of their ids.
 */
export function sortRecords<T extends { id: string; dateCreated: string }>(
  items: readonly T[],
  args: EvoArguments,
): T[] {
  const wanted = (args.text("sortField") ?? "dateCreated").toLowerCase();
  const sign = args.oneOf("sortOrder", ["Ascend", "Descend"]) === "Descend" ? -1 : 1;
  const keyOf = (item: T): string => {
    const value: unknown = Object.entries(item).find(([key]) => key.toLowerCase() === wanted)?.[1];
    return typeof value === "string" || typeof value === "boolean" ? String(value) : "";
  };
  return items
    .map((item) => ({ item, key: keyOf(item) }))
    .sort((a, b) => sign * (compare(a.key, b.key) || compare(a.item.id, b.item.id)))
    .map(({ item }) => item);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
