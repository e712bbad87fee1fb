/** (c) The same selection by Mercurius with its jit and loaders written by hand, over the same SQLite file. */
import SqliteDriver from "better-sqlite3";
import Fastify from "fastify";
import mercurius from "mercurius";

const database = new SqliteDriver(process.argv[2], { readonly: true });
const page = database.prepare("SELECT * FROM sessions ORDER BY started_at DESC, tie DESC LIMIT ?");
const children = (table, order) =>
  database.prepare(
    `SELECT session_key, data FROM ${table} WHERE session_key IN (SELECT value FROM json_each(?)) ORDER BY session_key${order}`,
  );
const statements = {
  members: children("members", ", position, key"),
  transfers: children("transfers", ", position, key"),
  reports: children("reports", ""),
};

const schema = `
  type Query { sessions(first: Int!): SessionConnection! }
  type SessionConnection { nodes: [Session!]! }
  type Session {
    id: ID!  provider: String!  providerId: ID!  state: String!  phase: String!  startedAt: String  endedAt: String
    durationSeconds: Float  from: Party  to: Party
    members: [Member!]!  transfers: [Transfer!]!  report: Report
  }
  type Party { address: String  displayName: String }
  type Member { id: ID!  role: String!  state: String!  displayName: String }
  type Transfer { id: ID!  kind: String!  status: String!  transferTo: String  createdAt: String }
  type Report { summary: String  outcome: String }
`;

const iso = (ms) => (ms === null ? null : new Date(ms).toISOString());
const idOf = (...parts) => Buffer.from(parts.join("\n")).toString("base64url");
const party = (address, displayName, number) =>
  address === null && displayName === null && number === null ? null : { address, displayName };

function toSession(row) {
  return {
    key: row.key,
    connection: row.connection,
    id: idOf("s", row.connection, row.provider_id),
    provider: row.provider,
    providerId: row.provider_id,
    state: row.state,
    phase: row.phase,
    startedAt: iso(row.started_at),
    endedAt: iso(row.ended_at),
    durationSeconds: row.duration_seconds,
    from: party(row.from_address, row.from_name, row.from_number),
    to: party(row.to_address, row.to_name, row.to_number),
  };
}

/** One statement for all sessions of the tick, grouped by hand. */
function load(statement, queries) {
  const rows = statement.all(JSON.stringify(queries.map(({ obj }) => obj.key)));
  const groups = new Map(queries.map(({ obj }) => [obj.key, []]));
  for (const row of rows) groups.get(row.session_key).push(JSON.parse(row.data));
  return queries.map(({ obj }) => ({ obj, rows: groups.get(obj.key) }));
}

const app = Fastify();
app.register(mercurius, {
  schema,
  jit: 1,
  resolvers: { Query: { sessions: (_root, { first }) => ({ nodes: page.all(first).map(toSession) }) } },
  loaders: {
    Session: {
      members: async (queries) =>
        load(statements.members, queries).map(({ obj, rows }) =>
          rows.map((row) => ({ ...row, id: idOf("m", obj.connection, obj.providerId, row.key) })),
        ),
      transfers: async (queries) =>
        load(statements.transfers, queries).map(({ obj, rows }) =>
          rows.map((row) => ({
            ...row,
            id: idOf("t", obj.connection, obj.providerId, row.key),
            createdAt: iso(row.createdAt),
          })),
        ),
      report: async (queries) => load(statements.reports, queries).map(({ rows }) => rows[0] ?? null),
    },
  },
});
await app.listen({ port: 0 });
console.log(`http://127.0.0.1:${app.server.address().port}`);
