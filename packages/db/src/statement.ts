import type pg from "pg";

/**
 * A named SQL statement: prepared once a connection, run many times. `Row` is the shape of what it returns.
 * Names must be unique in the code base.
 */
export interface Statement<Row> {
  readonly name: string;
  readonly text: string;
  /** Only for the type checker. */
  readonly row?: Row;
}

export function statement<Row = never>(name: string, text: string): Statement<Row> {
  return { name, text };
}

/** A statement whose text depends on what is asked: planned each time, so that connections do not collect all its forms. */
export function unnamed<Row = never>(text: string): Statement<Row> {
  return { name: "", text };
}

/** Runs statements, on a connection of its own each time or within a transaction. */
export interface Sql {
  /** Returns the rows. */
  rows<Row extends object>(query: Statement<Row>, values: readonly unknown[]): Promise<Row[]>;
  /** Returns how many rows were written. */
  run(query: Statement<never>, values: readonly unknown[]): Promise<number>;
}

export function sqlOn(client: pg.Pool | pg.ClientBase): Sql {
  return {
    async rows<Row extends object>(query: Statement<Row>, values: readonly unknown[]): Promise<Row[]> {
      const result = await client.query<Row>({ name: query.name, text: query.text, values: [...values] });
      return result.rows;
    },
    async run(query, values) {
      const result = await client.query({ name: query.name, text: query.text, values: [...values] });
      return result.rowCount ?? 0;
    },
  };
}
