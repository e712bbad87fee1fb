/** GraphiQL, built from its package and served from here: nothing is loaded from anywhere else. */
import type { FastifyInstance } from "fastify";
import { readdir, readFile } from "node:fs/promises";

/** Where the build leaves GraphiQL, relative to the compiled server. */
const ASSETS = new URL("../../playground/", import.meta.url);

const TYPES: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  map: "application/json",
  ttf: "font/ttf",
  woff2: "font/woff2",
};

/** Serves the assets under `/playground/`; answers the page for `/graphql`, or null when it has not been built. */
export async function registerPlayground(app: FastifyInstance, folder: URL = ASSETS): Promise<string | null> {
  const names = await readdir(new URL("assets/", folder)).catch(() => null);
  if (names === null) return null;
  const assets = new Map(
    await Promise.all(
      names.map(async (name) => [name, await readFile(new URL(`assets/${name}`, folder))] as const),
    ),
  );
  app.get<{ Params: { name: string } }>("/playground/assets/:name", (request, reply) => {
    const { name } = request.params;
    const asset = assets.get(name);
    if (asset === undefined) return reply.code(404).send({ error: "no such asset" });
    // Names carry a hash of their content.
    reply.header("cache-control", "public, max-age=31536000, immutable");
    return reply.type(TYPES[name.split(".").at(-1) ?? ""] ?? "application/octet-stream").send(asset);
  });
  return readFile(new URL("index.html", folder), "utf8");
}
