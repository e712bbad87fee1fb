/**
 * Browsers send along where a page comes from, and open sockets to anywhere. With credentials that does no harm: ours
 * are never sent by a browser on its own. In open mode, which is for one's own machine, every page that its owner looks at
 * could read and command everything, so only pages from the machine itself are let in (ADR 0032).
 */

/** Names of the machine itself, as an origin has them. */
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** True when a page from this origin may connect. Programs send no origin. */
export function mayConnect(origin: string | undefined, auth: "required" | "open"): boolean {
  if (auth === "required" || origin === undefined) return true;
  if (!URL.canParse(origin)) return false;
  return LOOPBACK.test(new URL(origin).hostname);
}
