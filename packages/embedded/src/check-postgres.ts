import { ConfigError } from "@parley/runtime";
import { Client, DatabaseError } from "pg";
import { reasonOf } from "./reason-of.ts";

export interface PostgresCheck {
  /** The variable that holds the URL. */
  name: string;
  url: string;
  /** What to do about a refusal: "start that server, or …". */
  advice: string;
  /** Refusals that something later will put right, by PostgreSQL's codes. */
  accept?: readonly string[];
  /** A statement that must succeed as well. */
  statement?: string;
}

/** PostgreSQL's code for a database that does not exist: the migrations make it. */
export const MISSING_DATABASE = "3D000";
/** Its codes for a user who is unknown, has another password or may not sign in. */
export const SIGN_IN_REFUSALS: readonly string[] = ["28000", "28P01"];

const CHECK_TIMEOUT_MS = 10_000;

/** Throws a ConfigError with one sentence, which holds no password, unless PostgreSQL lets the user of `url` in. */
export async function checkPostgres(check: PostgresCheck): Promise<void> {
  const { name, url, advice, accept = [], statement } = check;
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: CHECK_TIMEOUT_MS,
    query_timeout: CHECK_TIMEOUT_MS,
  });
  client.on("error", () => {});
  try {
    await client.connect();
    if (statement !== undefined) await client.query(statement);
  } catch (error) {
    if (error instanceof DatabaseError && accept.includes(error.code ?? "")) return;
    throw new ConfigError(`${name}: no usable answer from ${new URL(url).host} (${reasonOf(error)}); ${advice}`);
  } finally {
    await client.end().catch(() => {});
  }
}
