/** The playground: GraphiQL from its package, with example tabs. Everything it loads is served from the gateway. */
import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import { createRoot } from "react-dom/client";

const files = import.meta.glob("./examples/*.graphql", { query: "?raw", import: "default", eager: true });

/** Tabs in the order of the files' names. */
const defaultTabs = Object.keys(files)
  .sort()
  .map((name) => ({ query: files[name] }));

const fetcher = createGraphiQLFetcher({ url: "/graphql" });

createRoot(document.getElementById("root")).render(
  <GraphiQL
    fetcher={fetcher}
    defaultTabs={defaultTabs}
    shouldPersistHeaders={false}
    defaultHeaders={'{\n  "X-API-Key": ""\n}'}
  >
    <GraphiQL.Logo>Switchboard</GraphiQL.Logo>
  </GraphiQL>,
);
