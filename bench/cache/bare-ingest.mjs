/** What ingest comes down to: the rows of a look written, or compared with what is stored, in one transaction. */
import { joinsOf, toSearchText } from "../../dist/src/model/index.js";
import { fromSessionRow, SESSION_COLUMNS, tieOf } from "../../dist/src/store/session-columns.js";

const CHILD = "(session_key, key, position, data) VALUES (?, ?, ?, ?)";
const AGAIN = "ON CONFLICT (session_key, key) DO UPDATE SET data = excluded.data";
/** Turns in one statement, as the gateway has them: FTS5 writes down what it has before each. */
const TURNS_AT_ONCE = 20;
const TURNS = `INSERT INTO transcript_entries (session_key, key, position, data, search, place)
  VALUES ${Array(TURNS_AT_ONCE).fill("(?, ?, ?, ?, ?, ?)").join(", ")} ${AGAIN}, search = excluded.search`;

export function bareIngest(bare) {
  const marks = SESSION_COLUMNS.map(() => "?").join(", ");
  const changes = SESSION_COLUMNS.filter((name) => name !== "tie").map(
    (name) => `${name} = excluded.${name}`,
  );
  const session = `INSERT INTO sessions (${SESSION_COLUMNS.join(", ")}) VALUES (${marks})
    ON CONFLICT (tie) DO UPDATE SET ${changes.join(", ")} RETURNING key`;
  const children = {
    members: `INSERT INTO members ${CHILD} ${AGAIN}`,
    transfers: `INSERT INTO transfers ${CHILD} ${AGAIN}`,
  };
  const report =
    "INSERT INTO reports (session_key, data) VALUES (?, ?) ON CONFLICT (session_key) DO UPDATE SET data = excluded.data";
  const address = "INSERT INTO session_addresses (session_key, address) VALUES (?, ?) ON CONFLICT DO NOTHING";
  const words = `INSERT INTO session_search (session_key, part, open, search) VALUES (?, ?, ?, ?)
    ON CONFLICT (session_key, part) DO UPDATE SET search = excluded.search`;
  const join =
    "INSERT INTO session_joins (session_key, kind, value, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING";
  const log =
    "INSERT INTO changes (session_key, connection, at, kind, changed) VALUES (?, ?, ?, ?, ?) RETURNING sequence";

  /** Every row of every look, be it there or not. */
  async function write(connection, looks) {
    for (const look of looks) {
      const [{ key }] = await bare.all(session, rowOf(connection, look));
      for (const [name, sql] of Object.entries(children)) {
        await bare.writeRows(
          sql,
          look[name].map((row, place) => [key, row.key, place, JSON.stringify(row)]),
        );
      }
      const turns = look.transcript.map((turn, place) => [
        ...[key, turn.index, place, JSON.stringify(turn), toSearchText(turn.text)],
        key * 100 + turn.index,
      ]);
      for (let start = 0; start < turns.length; start += TURNS_AT_ONCE)
        await bare.writeRows(TURNS, [turns.slice(start, start + TURNS_AT_ONCE).flat()]);
      await bare.writeRows(
        words,
        [...textsOf(look)].map(([part, text]) => [key, part, 1, toSearchText(text)]),
      );
      await bare.writeRows(
        join,
        joinsOf({ ...look, addresses: addressesOf(look), known: [] }).map(({ kind, value, at }) => [
          key,
          kind,
          value,
          at,
        ]),
      );
      await bare.writeRows(report, [[key, JSON.stringify(look.report)]]);
      await bare.writeRows(
        address,
        [...addressesOf(look)].map((text) => [key, text]),
      );
      await bare.all(log, [key, connection, look.observedAt, "UPDATED", "[]"]);
    }
  }

  const where = bare.among("session_key");
  const stored = {
    members: `SELECT session_key, key, data FROM members WHERE ${where} ORDER BY session_key, position`,
    transcript: `SELECT session_key, key, data FROM transcript_entries WHERE ${where} ORDER BY session_key, key`,
    transfers: `SELECT session_key, key, data FROM transfers WHERE ${where} ORDER BY session_key, position`,
    report: `SELECT session_key, data FROM reports WHERE ${where}`,
  };
  const readSessions = `SELECT * FROM sessions WHERE ${bare.among("tie")}`;
  const touch = "UPDATE sessions SET fetched_at = ? WHERE key = ?";

  /** Reads what is stored of all looks, one statement a table, compares text by text, and notes that it was read. */
  async function compare(connection, looks) {
    const ties = looks.map((look) => tieOf(connection, look.providerKey));
    const rows = new Map((await bare.all(readSessions, [bare.list(ties)])).map((row) => [row.tie, row]));
    const keys = bare.list([...rows.values()].map((row) => Number(row.key)));
    const found = {};
    for (const [name, sql] of Object.entries(stored)) {
      found[name] = Map.groupBy(await bare.all(sql, [keys]), (row) => Number(row.session_key));
    }
    let differing = 0;
    for (const [index, look] of looks.entries()) {
      const row = rows.get(ties[index]);
      const key = Number(row.key);
      const values = rowOf(connection, look);
      SESSION_COLUMNS.forEach((name, place) => {
        if (name !== "fetched_at" && name !== "fields" && String(row[name]) !== String(values[place]))
          differing += 1;
      });
      const text = typeof row.fields === "string" ? row.fields : JSON.stringify(row.fields);
      if (text !== JSON.stringify(look.fields)) differing += 1;
      for (const name of ["members", "transcript", "transfers"]) {
        const there = found[name].get(key) ?? [];
        look[name].forEach((child, place) => {
          if (there[place]?.data !== JSON.stringify(child)) differing += 1;
        });
      }
      if (found.report.get(key)?.[0]?.data !== JSON.stringify(look.report)) differing += 1;
      await bare.all(touch, [look.observedAt, key]);
    }
    return differing;
  }

  return {
    write: (connection, looks) => bare.transaction(() => write(connection, looks)),
    compare: (connection, looks) => bare.transaction(() => compare(connection, looks)),
  };
}

function rowOf(connection, look) {
  const { provider, providerId, providerKey, facts, fields, sections, problems, observedAt, source } = look;
  return fromSessionRow({
    ...facts,
    ...{ connection, provider, providerId, providerKey, fields, problems, source },
    tie: tieOf(connection, providerKey),
    sections: Object.fromEntries(sections.map((section) => [section, observedAt])),
    fetchedAt: observedAt,
    version: null,
    hasTransfer: look.transfers.length > 0,
    hasTranscript: look.transcript.length > 0,
    payloadHash: null,
  });
}

function textsOf({ facts: { title, from, to }, members, report }) {
  const texts = [
    ["session", [title, from?.displayName, to?.displayName].filter(Boolean).join(" ")],
    ...members.map(({ key, displayName, party }) => [`member:${key}`, displayName ?? party.displayName]),
    ["report", report?.summary],
  ];
  return texts.filter(([, text]) => text);
}

function addressesOf({ facts, members, transfers }) {
  const parties = [facts.from, facts.to, ...members.map(({ party }) => party)];
  const texts = [...parties.map(({ address }) => address), ...members.map(({ identity }) => identity)];
  return new Set(
    [...texts, ...transfers.map(({ transferTo }) => transferTo)].filter((text) => text !== null),
  );
}
