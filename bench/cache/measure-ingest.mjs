/**
 * A process that writes: sessions with 4 members and 20 turns, new, unchanged, changed in every row and in two rows,
 * through ingest and by prepared statements, each in a database of its own, in transactions of the same size.
 *
 *     node bench/cache/measure-ingest.mjs GATEWAY_URL BARE_URL '{"seed":1}'
 */
import { openDatabase } from "../../dist/src/store/open-database.js";
import { bareIngest } from "./bare-ingest.mjs";
import { openBare } from "./bare-database.mjs";
import { median } from "./figures.mjs";
import { makeSnapshot } from "./generate.mjs";
import { openGateway } from "./open-gateway.mjs";

const PAGE = 100;
const PAGES = 10;
const ROUNDS = 5;

const [gatewayUrl, bareUrl, options] = process.argv.slice(2);
const { seed } = JSON.parse(options);
const gateway = await openGateway(gatewayUrl);
// The bare statements write into the same tables.
await (await openDatabase(bareUrl)).close();
const bareDatabase = await openBare(bareUrl);
const bare = bareIngest(bareDatabase);

const CONNECTION = "speko";
/** Looks at all sessions; `round` makes them later, `changes` says what differs from the look before. */
function looks(round, changes) {
  return Array.from({ length: PAGE * PAGES }, (_, index) => {
    const { snapshot } = makeSnapshot({ seed, index: 1_000 + index, voiceAi: 1, turns: 20, revision: 0 });
    snapshot.interactions = [];
    snapshot.observedAt += round;
    if (changes === "none") return snapshot;
    snapshot.fields.note += ` ${round}`;
    snapshot.members[1].callState = `again ${round}`;
    if (changes === "few") return snapshot;
    for (const member of snapshot.members) member.callState = `again ${round}`;
    for (const turn of snapshot.transcript) turn.text += ` ${round}`;
    for (const transfer of snapshot.transfers) transfer.summary += ` ${round}`;
    snapshot.report.summary += ` ${round}`;
    return snapshot;
  });
}

/** Milliseconds for a page of sessions. */
async function time(work, all) {
  const startedAt = performance.now();
  for (let start = 0; start < all.length; start += PAGE)
    await work(CONNECTION, all.slice(start, start + PAGE));
  return (performance.now() - startedAt) / PAGES;
}

const figures = {};
let round = 0;
async function measure(name, bareWork, changes, rounds = ROUNDS) {
  const times = { gateway: [], bare: [] };
  for (let count = 0; count < rounds; count += 1) {
    round += 1;
    times.gateway.push(await time(gateway.ingest.ingest, looks(round, changes)));
    times.bare.push(await time(bareWork, looks(round, changes)));
  }
  figures[name] = { gateway: median(times.gateway), bare: median(times.bare) };
}

await measure("new", bare.write, "none", 1);
await measure("unchanged", bare.compare, "none");
await measure("changed", bare.write, "all");
await measure("few", bare.compare, "few");
console.log(JSON.stringify(figures));
await Promise.all([gateway.close(), bareDatabase.close()]);
