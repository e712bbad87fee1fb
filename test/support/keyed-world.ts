/** A world whose callers need keys. */
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startTestWorld, type TestWorld } from "./gateway.js";

/** How a key stands in the file. */
export const sha256 = (key: string) => createHash("sha256").update(key).digest("hex");

/** A line of `SWITCHBOARD_API_KEYS_FILE`. */
export interface KeyLine {
  name: string;
  sha256: string;
  scopes: readonly string[];
  connections: readonly string[];
}

/** Three days of history, and a gateway that knows these keys. */
export async function startKeyedWorld(keys: readonly KeyLine[]): Promise<TestWorld> {
  const folder = await mkdtemp(join(tmpdir(), "switchboard-keys-"));
  const file = join(folder, "keys.json");
  await writeFile(file, JSON.stringify(keys));
  const world = await startTestWorld({
    sandbox: { days: 3 },
    environment: { SWITCHBOARD_AUTH: "required", SWITCHBOARD_API_KEYS_FILE: file },
  });
  return {
    ...world,
    async [Symbol.asyncDispose]() {
      await world[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
