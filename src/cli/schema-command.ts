import { printSchemaSdl } from "../gateway/emit-schema.js";
import type { Command } from "./commands.js";

const HELP = `switchboard schema

Prints the graph's SDL, federation directives included.
`;

/** `switchboard schema`: the SDL, as `schema/switchboard.graphql` has it. */
export const runSchema: Command = ({ argv, print }) => {
  print(argv.includes("--help") ? HELP : printSchemaSdl());
  return Promise.resolve(0);
};
