import { DatabaseError } from "pg";

/** Why a server did not answer: its own words for a refusal, else the system's code. Neither holds a password. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // PostgreSQL's codes say nothing to somebody who does not look them up.
  if (error instanceof DatabaseError) return error.message;
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}
