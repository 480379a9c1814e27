import type pg from "pg";
import { sqlOn, type Sql } from "./statement.ts";

/** The SQL of one transaction, for as long as that is open. */
export interface OpenSql {
  readonly sql: Sql;
  /** To be called before the statement that ends the transaction is sent. */
  readonly end: () => void;
}

/** Refuses whoever still asks after the end: the connection is somebody else's then. */
export function openSqlOn(client: pg.ClientBase): OpenSql {
  const unguarded = sqlOn(client);
  let isOpen = true;
  const assertOpen = (): void => {
    if (!isOpen) throw new Error("this transaction has ended; wait for its statements before it does");
  };
  return {
    // Sent at once, and not when somebody waits for them: statements run in the order in which they are called.
    sql: {
      async rows(query, values) {
        assertOpen();
        return unguarded.rows(query, values);
      },
      async run(query, values) {
        assertOpen();
        return unguarded.run(query, values);
      },
    },
    end() {
      isOpen = false;
    },
  };
}
