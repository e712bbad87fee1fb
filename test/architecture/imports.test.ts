/** Which way imports point (docs/architecture.md). The table is the rule; a new arrow is a decision. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** What each room may import of ours, beside itself. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  schema: [],
  // Types of the context only: what a resolver asks is in there.
  resolvers: ["schema", "src/context"],
  "src/model": [],
  "src/errors": [],
  "src/http": ["src/errors"],
  // The door of a provider is plain data and functions; wire readers need the exact numbers that http parses.
  "src/providers": ["src/model", "src/http", "src/errors"],
  // Which settings there are is the providers' own business; who may what is the context's.
  "src/config": ["src/providers", "src/context"],
  "src/store": ["src/model", "src/errors"],
  "src/bus": [],
  "src/ingest": ["src/store", "src/model"],
  "src/doctor": ["src/providers", "src/http", "src/errors", "src/model"],
  "src/sync": ["src/providers", "src/ingest", "src/store", "src/model", "src/errors", "src/http"],
  // What leaves the house for good: by age, or because somebody asks for it.
  "src/retention": ["src/store", "src/model", "src/http"],
  "src/commands": ["src/providers", "src/ingest", "src/store", "src/model", "src/errors", "src/http"],
  "src/context": ["src/loaders", "src/live"],
  // What is live is told from the store, as loaders make it into answers.
  "src/live": [
    ...[
      "src/bus",
      "src/context",
      "src/loaders",
      "src/store",
      "src/sync",
      "src/model",
      "src/errors",
      "src/http",
    ],
  ],
  // Acting is one of the things that an operation's context offers.
  "src/loaders": ["src/context", "src/commands", "src/store", "src/sync", "src/model", "src/errors"],
  "src/federation": ["schema"],
  "src/gateway": [
    ...[
      "resolvers",
      "schema",
      "src/commands",
      "src/context",
      "src/federation",
      "src/loaders",
      "src/config",
      "src/errors",
    ],
    ...["src/http", "src/model", "src/store", "src/sync", "src/live", "src/bus"],
  ],
  "src/server": ["src/gateway", "src/live", "src/sync", "src/context", "src/errors", "src/http"],
  "src/sandbox": [],
};

const ANYTHING = ["src/cli", "src/main.ts"];

function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts") && !entry.name.endsWith(".d.ts"))
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length).replace(/^\//, ""));
}

const files = ["schema", "resolvers", "src"].flatMap(filesBelow);
const source = (file: string) => readFileSync(join(ROOT, file), "utf8");

function importsOf(file: string): string[] {
  const found = source(file).matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g);
  return [...found].map(([, path = ""]) => normalize(join(dirname(file), path)).replace(/\.js$/, ".ts"));
}

function roomOf(file: string): string {
  const parts = file.split("/");
  return parts[0] === "src" ? parts.slice(0, 2).join("/") : (parts[0] ?? "");
}

describe("imports point one way", () => {
  const rooms = [...new Set(files.map(roomOf))].filter((room) => !ANYTHING.includes(room));

  it.each(rooms)("%s", (room) => {
    const allowed = [room, ...(ARROWS[room] ?? [])];
    const wrong = files
      .filter((file) => roomOf(file) === room)
      .flatMap((file) => importsOf(file).map((target) => ({ file, target })))
      .filter(({ target }) => !allowed.includes(roomOf(target)))
      // Our own package.json is nobody's room.
      .filter(({ target }) => target !== "package.json");
    expect(wrong).toEqual([]);
  });

  it("only the registry opens a provider's folder from outside", () => {
    const inFolder = (file: string) => /^src\/providers\/([a-z-]+)\//.exec(file)?.[1];
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .filter((target) => {
          const provider = inFolder(target);
          return provider !== undefined && provider !== "wire" && provider !== inFolder(file);
        })
        .filter(() => file !== "src/providers/registry.ts")
        .map((target) => ({ file, target })),
    );
    expect(wrong).toEqual([]);
  });

  it("only the process hands over the environment", () => {
    const readers = files.filter((file) => source(file).includes("process.env"));
    expect(readers).toEqual(["src/main.ts"]);
  });

  it("no code outside a provider's folder and the vocabulary asks which provider it is", () => {
    const asks = /[!=]==\s*"(?:PLIVO|EVO_VOICE|SPEKO|PORTSIP)"|case "(?:PLIVO|EVO_VOICE|SPEKO|PORTSIP)"/;
    const wrong = files.filter((file) => !file.startsWith("src/providers/") && asks.test(source(file)));
    expect(wrong).toEqual([]);
  });
});
