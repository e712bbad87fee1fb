/** 50 sessions by their ties with everything that hangs off them, one statement a table, and JSON of it. */
export function bareNodes(bare) {
  const where = bare.among("session_key");
  const sessions = `SELECT * FROM sessions WHERE ${bare.among("tie")}`;
  const children = (table, order) =>
    `SELECT session_key, data FROM ${table} WHERE ${where} ORDER BY session_key${order}`;
  const tables = {
    members: children("members", ", position, key"),
    interactions: children("interactions", ", position, key"),
    legs: children("legs", ", interaction_key, position"),
    transfers: children("transfers", ", position, key"),
    transcript: children("transcript_entries", ", key"),
    recordings: children("recordings", ", position, key"),
    events: children("events", ", position, key"),
    report: children("reports", ""),
  };

  return async (ties) => {
    const rows = await bare.all(sessions, [bare.list(ties)]);
    const byKey = new Map();
    for (const row of rows) {
      const { fields, sections, problems } = row;
      const node = { ...row, fields: parse(fields), sections: parse(sections), problems: parse(problems) };
      for (const name of Object.keys(tables)) node[name] = [];
      byKey.set(Number(row.key), node);
    }
    const keys = bare.list([...byKey.keys()]);
    for (const [name, sql] of Object.entries(tables)) {
      for (const row of await bare.all(sql, [keys]))
        byKey.get(Number(row.session_key))[name].push(parse(row.data));
    }
    return JSON.stringify(
      ties.map((tie) => rows.find((row) => row.tie === tie)?.key).map((key) => byKey.get(Number(key))),
    );
  };
}

function parse(value) {
  return typeof value === "string" ? JSON.parse(value) : value;
}
