import type { HttpRequest } from "./http-client.js";

/** A base URL in the two parts that a pool and a request need. */
export interface BaseUrl {
  origin: string;
  /** Path prefix without a trailing slash; empty when there is none. */
  prefix: string;
}

/** Splits a base URL. Throws `TypeError` when it is not an absolute http(s) URL. */
export function parseBaseUrl(text: string): BaseUrl {
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new TypeError(`expected an http or https URL, got ${url.protocol}`);
  }
  return { origin: url.origin, prefix: url.pathname.replace(/\/+$/, "") };
}

/**
 * Path and query as they go on the wire. Spaces become `%20`, which every server reads the same way; `+` is for forms
 * only.
 */
export function toRequestPath(base: BaseUrl, request: Pick<HttpRequest, "path" | "query">): string {
  const pairs = Object.entries(request.query ?? {}).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const values = typeof value === "object" ? value : [value];
    return values.map((each) => `${encodeURIComponent(name)}=${encodeURIComponent(String(each))}`);
  });
  return base.prefix + request.path + (pairs.length === 0 ? "" : `?${pairs.join("&")}`);
}
