/** The playground: GraphiQL from its package, with example tabs. Everything it loads is served from the gateway. */
import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import { createRoot } from "react-dom/client";

const operations = import.meta.glob<string>("./examples/*.graphql", {
  query: "?raw",
  import: "default",
  eager: true,
});
const variables = import.meta.glob<string>("./examples/*.variables.json", {
  query: "?raw",
  import: "default",
  eager: true,
});

/** Tabs in the order of the files' names; `N-name.variables.json` beside an operation fills its variables. */
const defaultTabs = Object.keys(operations)
  .sort()
  .map((name) => ({
    query: operations[name] ?? "",
    variables: variables[name.replace(/\.graphql$/, ".variables.json")] ?? null,
  }));

/** Subscriptions go over a WebSocket to the same address; the headers of a tab become its connection parameters. */
const subscriptionUrl = new URL("/graphql", window.location.href);
subscriptionUrl.protocol = subscriptionUrl.protocol.replace("http", "ws");

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");

createRoot(root).render(
  <GraphiQL
    fetcher={createGraphiQLFetcher({ url: "/graphql", subscriptionUrl: subscriptionUrl.href })}
    defaultTabs={defaultTabs}
    shouldPersistHeaders={false}
    defaultHeaders={'{\n  "X-API-Key": ""\n}'}
  >
    <GraphiQL.Logo>Switchboard</GraphiQL.Logo>
  </GraphiQL>,
);
