/** A way in: one endpoint of one provider, what stands in its body, and the call that has it read. */
import type fc from "fast-check";
import type { Section } from "../../../src/model/index.js";
import type {
  ConfigValues,
  ProviderConnection,
  ProviderModule,
  SessionPage,
} from "../../../src/providers/provider.js";
import type { SeenRequest } from "../../support/scripted-server.js";
import type { WireRow, WireValue } from "./wire-text.js";

/** An answer that is not the body under test: a login, an empty list. */
export interface Reply {
  status?: number;
  headers?: Record<string, string | string[]>;
  body?: string;
}

/** The provider behind an endpoint: how to connect to it, and what it answers besides. */
export interface Backstage {
  module: ProviderModule;
  config(url: string): ConfigValues;
  /** Answers everything that is not the endpoint under test. */
  reply(request: SeenRequest): Reply;
}

export interface Surface extends Backstage {
  name: string;
  /** A row with all that the reference documents, by the reference. */
  row: fc.Arbitrary<WireRow>;
  /** Member that holds the session's id. */
  idKey: string;
  id: fc.Arbitrary<string>;
  /** Every spelling of one id. @default just the one */
  spellings?(id: string): readonly string[];
  /** Members to set on a row that make its session live or over; absent where rows do not tell. */
  phases?: {
    live: fc.Arbitrary<Record<string, WireValue | undefined>>;
    ended: fc.Arbitrary<Record<string, WireValue | undefined>>;
  };
  /** False where a row can only say that its session is live. @default true */
  canEnd?: boolean;
  /** The body with these rows. `style` picks among spellings that mean the same. */
  toBody(rows: readonly WireValue[], style: number): string;
  /** True when the body holds one row only. */
  isSingle: boolean;
  contentType: string;
  /** True for the requests whose answer the body is. */
  serves(request: SeenRequest): boolean;
  /** Reads the body: by list, by id or as a section of the session with that id. */
  read:
    | { by: "list"; pages(connection: ProviderConnection): AsyncIterable<SessionPage> }
    | { by: "id" }
    | { by: "section"; section: Section };
}
