/** (b) A bare Fastify route that answers the very bytes that (a) answered. */
import { readFileSync } from "node:fs";
import Fastify from "fastify";

const bytes = readFileSync(process.argv[2]);
const app = Fastify();
app.post("/graphql", (_request, reply) => reply.type("application/json; charset=utf-8").send(bytes));
await app.listen({ port: 0 });
console.log(`http://127.0.0.1:${app.server.address().port}`);
