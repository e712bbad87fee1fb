/** The figures of one run as tables: ratio, goal, and the milliseconds they were made from. */

const ms = (value) => Number(value.toFixed(value < 1 ? 3 : 2));

function row(over, under, goal) {
  return { ratio: Number((over / under).toFixed(2)), goal, "ms measured": ms(over), "ms against": ms(under) };
}

function table(title, rows) {
  console.log(`\n${title}`);
  console.table(rows);
}

function onOne(name, { rows, few }, { ingest, reads, filled }) {
  const { pages, nodes, counts, others, depth } = reads;
  table(`${name}: ${rows} sessions`, {
    [`list page, against ${few} sessions`]: row(pages.big, pages.small, 1.5),
    "the same through the graph": row(pages.graphBig, pages.graphSmall, 1.5),
    [`list page at depth ${depth}, against the first`]: row(pages.deep, pages.big, 1.2),
    "50 sessions by nodes, against bare": row(nodes.gateway, nodes.bare, 4),
    "sessionCount and liveCount, against few": row(counts.figures, counts.figuresSmall, null),
    "totalCount of all, against a list page": row(counts.all, pages.graphBig, null),
    "totalCount of two filters, against a list page": row(counts.filtered, pages.graphBig, null),
    "list page of frequent words, against few": row(others.frequent, others.frequentSmall, null),
    "list page of a word that nobody said, against few": row(others.unknown, others.unknownSmall, null),
    "list page with related, against few": row(others.related, others.relatedSmall, null),
  });
  table(`${name}: ingest of 100 sessions with 4 members and 20 turns, against bare`, {
    new: row(ingest.new.gateway, ingest.new.bare, null),
    unchanged: row(ingest.unchanged.gateway, ingest.unchanged.bare, 2),
    "changed in every row": row(ingest.changed.gateway, ingest.changed.bare, 2.5),
    "changed in two rows, against compare": row(ingest.few.gateway, ingest.few.bare, null),
  });
  const rate = Math.round(rows / filled.seconds);
  console.log(
    `filled through ingest at ${rate} sessions/s; ${filled.memory} MB resident at most (goal: 350)`,
  );
}

/** Prints what was measured on SQLite and, where it was, on PostgreSQL. */
export function report({ rows, few, sqlite, postgres }) {
  onOne("SQLite", { rows, few }, sqlite);
  if (postgres === null) return;
  onOne("PostgreSQL", { rows, few }, postgres);
  const compare = (pick) => row(pick(postgres), pick(sqlite), 3);
  table("PostgreSQL against SQLite", {
    "list page": compare(({ reads }) => reads.pages.big),
    "list page through the graph": compare(({ reads }) => reads.pages.graphBig),
    "ingest, new": compare(({ ingest }) => ingest.new.gateway),
    "ingest, unchanged": compare(({ ingest }) => ingest.unchanged.gateway),
    "ingest, changed": compare(({ ingest }) => ingest.changed.gateway),
  });
}
