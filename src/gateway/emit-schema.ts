/** The graph as text: what is committed as `schema/switchboard.graphql`, so that every change to it shows in a diff. */
import { printSubgraph } from "../federation/subgraph.js";
import { createPlainSchema } from "./create-schema.js";

/** The whole SDL, federation directives and descriptions included. */
export function printSchemaSdl(): string {
  return printSubgraph(createPlainSchema());
}
