import { createRequire } from "node:module";

/** The parts of axios that the official Plivo client goes through on its way out. */
interface AxiosCopy {
  defaults: { adapter: unknown };
  getAdapter(adapter: unknown, config: unknown): (config: { url?: string }) => Promise<unknown>;
}

const PRODUCTION = "https://api.plivo.com";

/**
 * Sends what the official Node client would send to production to `origin` instead. Its `url` option does not reach
 * masking calls, whose host is written into the client, so the copy of axios that it loads gets an adapter that rewrites
 * the address and leaves retries and errors to the client (Plivo reference §14.4).
 *
 * @returns puts the adapter back
 */
export function aimPlivoSdk(origin: string): () => void {
  const fromHere = createRequire(import.meta.url);
  const axios = createRequire(fromHere.resolve("plivo"))("axios") as AxiosCopy;
  const before = axios.defaults.adapter;
  axios.defaults.adapter = (config: { url?: string }) => {
    if (!config.url?.startsWith(PRODUCTION)) throw new Error(`Not a call of the client: ${config.url}`);
    const aimed = { ...config, url: origin + config.url.slice(PRODUCTION.length) };
    return axios.getAdapter(before, aimed)(aimed);
  };
  return () => {
    axios.defaults.adapter = before;
  };
}
