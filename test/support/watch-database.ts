import type { Database, SqlRequest } from "../../src/store/sql.js";

/** The same database, with every statement that goes through it written down. */
export function watchDatabase(database: Database): { database: Database; statements: SqlRequest[] } {
  const statements: SqlRequest[] = [];
  return {
    statements,
    database: {
      ...database,
      all(sql, values) {
        statements.push({ sql, values });
        return database.all(sql, values);
      },
      transaction(plan, options) {
        return database.transaction(function* () {
          const steps = plan();
          let step = steps.next();
          while (step.done !== true) {
            statements.push(step.value);
            step = steps.next(yield step.value);
          }
          return step.value;
        }, options);
      },
    },
  };
}
