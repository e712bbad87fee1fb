/** Who is asking: credentials of a request to a principal. JWTs will find their place beside the keys. */
import { createHash } from "node:crypto";
import type { ApiKey } from "../config/api-keys.js";
import { SCOPES, type Principal } from "../context/principal.js";
import { UnauthenticatedError } from "../errors/index.js";

/** Credentials as they arrive: HTTP headers, or the same names among WebSocket connection parameters. */
export interface Credentials {
  authorization?: string | undefined;
  apiKey?: string | undefined;
}

export interface PrincipalOptions {
  auth: "required" | "open";
  apiKeys: readonly ApiKey[];
  /** Names of all configured connections; `"*"` means these. */
  connections: readonly string[];
}

/** Answers the principal of a caller. Throws `UnauthenticatedError` for missing and for unknown credentials. */
export type Authenticate = (credentials: Credentials) => Principal;

/** Builds the authentication of this process. In open mode everybody may do everything, with or without credentials. */
export function usePrincipal({ auth, apiKeys, connections }: PrincipalOptions): Authenticate {
  const everyone: Principal = { name: "anonymous", scopes: new Set(SCOPES), connections };
  const byHash = new Map(
    apiKeys.map((key) => {
      const visible = key.connections.includes("*")
        ? connections
        : connections.filter((name) => key.connections.includes(name));
      const principal: Principal = { name: key.name, scopes: new Set(key.scopes), connections: visible };
      return [key.sha256, principal] as const;
    }),
  );

  return ({ authorization, apiKey }) => {
    const key = apiKey ?? bearerToken(authorization);
    if (key === undefined) {
      if (auth === "open") return everyone;
      throw new UnauthenticatedError(
        "Credentials are needed: send Authorization: Bearer <key>, or X-API-Key.",
      );
    }
    // Looked up by hash: how long it takes says nothing about how much of a key was right.
    const principal = byHash.get(createHash("sha256").update(key).digest("hex"));
    if (principal !== undefined) return principal;
    if (auth === "open") return everyone;
    throw new UnauthenticatedError("These credentials are not known here.");
  };
}

function bearerToken(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined;
  const token = /^Bearer +([^\s]+)\s*$/i.exec(authorization)?.[1];
  if (token === undefined)
    throw new UnauthenticatedError("The Authorization header must read: Bearer <key>.");
  return token;
}
