import { AsyncLocalStorage } from "node:async_hooks";
import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { openSqlOn, type OpenSql } from "./open-sql.ts";

/** What Prisma sends to end a transaction. */
const ENDS: ReadonlySet<string> = new Set(["COMMIT", "ROLLBACK"]);

interface Opening {
  opened?: OpenSql;
}

const openings = new AsyncLocalStorage<Opening>();

/**
 * Runs `begin`, which opens a transaction of a client over `PrismaConnections`, and tells `begin` by what it is given the
 * SQL of the connection that this has got. Prisma itself lets nobody at its connections.
 */
export function withConnectionSql<T>(begin: (sql: () => OpenSql["sql"]) => Promise<T>): Promise<T> {
  const opening: Opening = {};
  return openings.run(opening, () =>
    begin(() => {
      if (!opening.opened) throw new Error("Prisma has opened no transaction");
      return opening.opened.sql;
    }),
  );
}

/** Prisma's adapter for PostgreSQL, which notes the connection of each transaction that it begins for `withConnectionSql`. */
export class PrismaConnections extends PrismaPg {
  override async connect(): ReturnType<PrismaPg["connect"]> {
    const adapter = await super.connect();
    const startTransaction = adapter.startTransaction.bind(adapter);
    adapter.startTransaction = async (isolationLevel) => {
      const opening = openings.getStore();
      const transaction = await startTransaction(isolationLevel);
      if (!opening || opening.opened) return transaction;
      const opened = openSqlOn(connectionOf(transaction));
      opening.opened = opened;
      const executeRaw = transaction.executeRaw.bind(transaction);
      transaction.executeRaw = (query) => {
        if (ENDS.has(query.sql)) opened.end();
        return executeRaw(query);
      };
      return transaction;
    };
    return adapter;
  }
}

function connectionOf(transaction: object): pg.Client {
  const client = "client" in transaction ? transaction.client : undefined;
  if (client instanceof pg.Client) return client;
  throw new Error("Prisma's adapter does not keep the connection of a transaction where it did");
}
