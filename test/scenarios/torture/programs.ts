/** PostgreSQL and Redis as programs, which this test starts and kills: a server that others use cannot be. */
import { spawnSync } from "node:child_process";
import { accessSync, constants, readdirSync } from "node:fs";
import { join } from "node:path";

export interface Programs {
  initdb: string;
  pgCtl: string;
  redisServer: string;
  /** Whom PostgreSQL runs as: it refuses root. Null: whoever runs the test. */
  runsAs: { uid: number; gid: number } | null;
}

const DEBIAN = "/usr/lib/postgresql";

/** Finds them; null, and one line that says what is missing, where one is not there. */
export function findPrograms(): Programs | null {
  const path = (process.env["PATH"] ?? "").split(":");
  const folders = [...answerOf("pg_config", "--bindir"), ...debianFolders(), ...path];
  const [initdb, pgCtl] = [find("initdb", folders), find("pg_ctl", folders)];
  const redisServer = find("redis-server", path);
  const runsAs = process.getuid?.() === 0 ? userOf("postgres") : null;
  const missing = [
    ...(initdb && pgCtl ? [] : ["PostgreSQL's initdb and pg_ctl"]),
    ...(redisServer ? [] : ["redis-server"]),
    ...(runsAs === undefined ? ["a user postgres (PostgreSQL refuses root)"] : []),
  ];
  if (initdb && pgCtl && redisServer && runsAs !== undefined) return { initdb, pgCtl, redisServer, runsAs };
  const message = `${missing.join(" and ")} missing, so the change feed is not tortured`;
  if (process.env["SWITCHBOARD_REQUIRE_SERVICES"] === "1") throw new Error(message);
  console.warn(`skipped: ${message}`);
  return null;
}

function find(name: string, folders: readonly string[]): string | undefined {
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function answerOf(command: string, ...args: string[]): string[] {
  const { status, stdout } = spawnSync(command, args, { encoding: "utf8" });
  return status === 0 ? [stdout.trim()] : [];
}

/** Newest first. */
function debianFolders(): string[] {
  try {
    const versions = readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a));
    return versions.map((version) => join(DEBIAN, version, "bin"));
  } catch {
    return [];
  }
}

function userOf(name: string): { uid: number; gid: number } | undefined {
  const [uid] = answerOf("id", "-u", name);
  const [gid] = answerOf("id", "-g", name);
  return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
}
