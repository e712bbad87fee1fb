/**
 * A process that reads: the list page with few sessions and with many, deep in the list, sessions by id, counts.
 *
 *     node bench/cache/measure-reads.mjs SMALL_URL BIG_URL '{"rows":1000000,"rounds":200}'
 */
import { openBare } from "./bare-database.mjs";
import { bareNodes } from "./bare-nodes.mjs";
import { takeTurns } from "./figures.mjs";
import { openGateway } from "./open-gateway.mjs";
import {
  COUNT_ALL, COUNT_FILTERED, FIGURES, FREQUENT_WORDS, LIST_PAGE, NODES, RELATED_PAGE, UNKNOWN_WORD, WORDS_PAGE,
} from "./operations.mjs"; // prettier-ignore

const [smallUrl, bigUrl, options] = process.argv.slice(2);
const { rows, rounds } = JSON.parse(options);
const small = await openGateway(smallUrl);
const big = await openGateway(bigUrl);
const bare = await openBare(bigUrl);

const NEWEST_FIRST = { field: "STARTED_AT", direction: "DESC" };
const FILTER = { phases: ["ENDED"], directions: ["INBOUND"] };
/** The page as the store reads it, without the graph around it, which would hide what the database does. */
const page = (gateway, query = {}) =>
  gateway.store.sessions.page(
    { filter: FILTER, order: NEWEST_FIRST, limit: 51, withoutFields: true, ...query },
    gateway.connections,
  );

/** The place that many matching sessions down the list, found by keys alone. */
async function placeAt(depth) {
  const sql = `SELECT started_at, tie FROM sessions WHERE started_at IS NOT NULL AND phase = 'ENDED' AND direction = 'INBOUND'
    ORDER BY started_at DESC, tie DESC LIMIT 1 OFFSET ?`;
  const [row] = await bare.all(sql, [depth]);
  return { value: Number(row.started_at), tie: row.tie };
}

const depth = Math.min(100_000, Math.floor(rows / 4));
const deep = await placeAt(depth);
const { data } = JSON.parse(await big.query("{ sessions(first: 50) { nodes { id } } }"));
const ids = data.sessions.nodes.map(({ id }) => id);
const newest = await big.store.sessions.page({ filter: {}, order: NEWEST_FIRST, limit: 50 }, big.connections);
const ties = newest.map(({ position }) => position.tie);
const readBare = bareNodes(bare);

const pages = await takeTurns(
  {
    small: () => page(small),
    big: () => page(big),
    deep: () => page(big, { after: deep }),
    graphSmall: () => small.query(LIST_PAGE),
    graphBig: () => big.query(LIST_PAGE),
  },
  rounds,
);
const nodes = await takeTurns(
  { gateway: () => big.query(NODES, { ids }), bare: () => readBare(ties) },
  rounds,
);
const counts = await takeTurns(
  {
    all: () => big.query(COUNT_ALL),
    filtered: () => big.query(COUNT_FILTERED),
    figures: () => big.query(FIGURES),
    figuresSmall: () => small.query(FIGURES),
  },
  Math.max(5, Math.floor(rounds / 20)),
);
const words = (gateway, text) => gateway.query(WORDS_PAGE, { text });
const others = await takeTurns(
  {
    frequentSmall: () => words(small, FREQUENT_WORDS),
    frequent: () => words(big, FREQUENT_WORDS),
    unknownSmall: () => words(small, UNKNOWN_WORD),
    unknown: () => words(big, UNKNOWN_WORD),
    relatedSmall: () => small.query(RELATED_PAGE),
    related: () => big.query(RELATED_PAGE),
  },
  Math.max(5, Math.floor(rounds / 10)),
);
console.log(JSON.stringify({ depth, pages, nodes, counts, others }));
await Promise.all([small.close(), big.close(), bare.close()]);
