import type { SandboxHttpAnswer, SandboxHttpRequest } from "./sandbox-http.js";

export interface PathRoute {
  method: string;
  /** Segments beginning with `:` are taken, decoded, in order: `/v1/calls/:id/events`. */
  pattern: string;
  answer(request: SandboxHttpRequest, ...segments: string[]): SandboxHttpAnswer | Promise<SandboxHttpAnswer>;
}

/**
 * Finds the route of a request, or what is wrong with it: `path` when no pattern fits, `method` when one fits under
 * another method.
 */
export function createPathRoutes(
  routes: readonly PathRoute[],
): (request: SandboxHttpRequest) => { route: PathRoute; segments: string[] } | "path" | "method" {
  const compiled = routes.map((route) => ({
    route,
    expression: new RegExp(`^${route.pattern.replace(/\./g, "\\.").replace(/:\w+/g, "([^/]+)")}$`),
  }));
  return ({ method, path }) => {
    const fitting = compiled.flatMap(({ route, expression }) => {
      const match = expression.exec(path);
      return match ? [{ route, segments: match.slice(1) }] : [];
    });
    const found = fitting.find(({ route }) => route.method === method);
    if (!found) return fitting.length > 0 ? "method" : "path";
    const segments = found.segments.map(decodeSegment);
    return segments.includes(null) ? "path" : { route: found.route, segments: segments as string[] };
  };
}

function decodeSegment(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    // A stray percent sign is part of no id.
    return null;
  }
}
