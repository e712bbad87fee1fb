/**
 * A process that fills a database through the one door, newest sessions first as a first synchronisation does, and then
 * asks the gateway over it the usual questions. Prints how long it took and how much memory was resident at most.
 *
 *     node bench/cache/fill.mjs URL '{"rows":1000000,"seed":1,"voiceAi":0.3,"turns":2}'
 */
import { CONNECTIONS, makeSnapshot } from "./generate.mjs";
import { peakMemory } from "./figures.mjs";
import { openGateway } from "./open-gateway.mjs";
import { LIST_PAGE } from "./operations.mjs";

/** Sessions of one transaction, as in a page of a provider's list. */
const PAGE = 100;

const [url, options] = process.argv.slice(2);
const { rows, seed, voiceAi, turns } = JSON.parse(options);
const gateway = await openGateway(url);
const startedAt = performance.now();
const pages = new Map(CONNECTIONS.map((name) => [name, []]));

async function write(connection) {
  await gateway.ingest.ingest(connection, pages.get(connection));
  pages.set(connection, []);
}

for (let index = 0; index < rows; index += 1) {
  const { connection, snapshot } = makeSnapshot({ seed, index, voiceAi, turns });
  pages.get(connection).push(snapshot);
  if (pages.get(connection).length === PAGE) await write(connection);
  if (index % 100_000 === 99_999) process.stderr.write(`${index + 1} sessions, ${peakMemory()} MB\n`);
}
for (const connection of CONNECTIONS) await write(connection);
const seconds = (performance.now() - startedAt) / 1_000;

let after = null;
for (let page = 0; page < 200; page += 1) {
  const { data } = JSON.parse(await gateway.query(LIST_PAGE, { after }));
  after = data.sessions.pageInfo.endCursor;
}
console.log(JSON.stringify({ seconds, memory: peakMemory() }));
await gateway.close();
