/** The API keys file: who holds which key, by the key's hash, and what it may do. */
import { readFileSync } from "node:fs";
import * as z from "zod";
import { SCOPES, type Scope } from "../context/principal.js";
import { ConfigProblem } from "./settings.js";

/** One key. The key itself is nowhere: only its SHA-256 is kept. */
export interface ApiKey {
  name: string;
  /** Lower-case hex. */
  sha256: string;
  scopes: readonly Scope[];
  /** Connection names, or `"*"` for all of them. */
  connections: readonly string[];
}

const FILE = z.array(
  z.strictObject({
    name: z.string().min(1),
    sha256: z.string().regex(/^[0-9a-fA-F]{64}$/, "expected 64 hex digits"),
    scopes: z.array(z.enum(SCOPES)),
    connections: z.array(z.string().min(1)).default(["*"]),
  }),
);

/** Reads and checks `SWITCHBOARD_API_KEYS_FILE`. Problems are collected by place in the file, not thrown. */
export function readApiKeys(path: string, problems: ConfigProblem[]): ApiKey[] {
  const report = (where: string, message: string) =>
    problems.push(new ConfigProblem(`SWITCHBOARD_API_KEYS_FILE${where}`, message));
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    // The parser's message quotes the text around the mistake, which may be somebody's key.
    report("", error instanceof SyntaxError ? "the file is not valid JSON" : `cannot read ${path}`);
    return [];
  }
  const parsed = FILE.safeParse(json);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) report(`[${issue.path.join(".")}]`, issue.message);
    return [];
  }
  const names = parsed.data.map((key) => key.name);
  for (const name of names.filter((candidate, index) => names.indexOf(candidate) !== index)) {
    report("", `two keys are called ${JSON.stringify(name)}; names must differ, logs tell them apart by it`);
  }
  return parsed.data.map((key) => ({ ...key, sha256: key.sha256.toLowerCase() }));
}
