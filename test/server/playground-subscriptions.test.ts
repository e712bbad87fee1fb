import { beforeAll, expect, it } from "vitest";
import { startChromium } from "../support/chromium.js";
import { KEYS, startLiveServer } from "../support/live-server.js";
import { ensureBuilt } from "../support/spawn-cli.js";

beforeAll(ensureBuilt, 300_000);

it("the playground runs a subscription, with the key of its headers, and stops it", async ({ skip }) => {
  const browser = await startChromium("subscriptions are not tried in the playground");
  if (browser === null) return skip();
  await using server = await startLiveServer({
    auth: "required",
    playground: new URL("../../dist/playground/", import.meta.url),
  });
  try {
    const page = await browser.newPage();
    const query = "subscription Live { sessionChanges { cursor } }";
    const tab = { id: "1", hash: null, title: "Live", query, variables: null, operationName: "Live" };
    const headers = JSON.stringify({ "X-API-Key": KEYS.all });
    const state = JSON.stringify({ tabs: [{ ...tab, headers, response: null }], activeTabIndex: 0 });
    await page.addInitScript(`localStorage.setItem("graphiql:tabState", ${JSON.stringify(state)});
      localStorage.setItem("graphiql:query", ${JSON.stringify(query)});
      localStorage.setItem("graphiql:headers", ${JSON.stringify(headers)});
      localStorage.setItem("graphiql:shouldPersistHeaders", "true");`);
    await page.goto(`${server.url}/graphql`);
    await page.waitForFunction(
      "document.querySelector('.graphiql-query-editor .view-lines')?.textContent?.includes('Live')",
    );
    const listener = server.listenersFromNow();
    await page.click(".graphiql-execute-button");
    const { principal, subscriber, stopped } = await listener(0);
    expect(principal.name).toBe("all");
    for (const cursor of ["first", "second"]) {
      subscriber.next(JSON.stringify({ data: { sessionChanges: { cursor } } }));
      await page.waitForFunction(
        `document.querySelector('.result-window')?.textContent?.includes(${JSON.stringify(cursor)})`,
      );
    }
    await page.click(".graphiql-execute-button");
    await stopped;
  } finally {
    await browser.close();
  }
}, 60_000);
