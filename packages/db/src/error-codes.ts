import { z } from "zod";

// What an error of PostgreSQL, of its driver or of Prisma means to us. Prisma hides PostgreSQL's own codes.

const DEADLOCK_DETECTED = "40P01";
const SERIALIZATION_FAILURE = "40001";
const UNIQUE_VIOLATION = "23505";
const FOREIGN_KEY_VIOLATION = "23503";
const INVALID_CATALOG_NAME = "3D000";
const QUERY_CANCELED = "57014";
const PRISMA_WRITE_CONFLICT = "P2034";
const PRISMA_UNIQUE_VIOLATION = "P2002";
const PRISMA_FOREIGN_KEY_VIOLATION = "P2003";
/** References to what goes away only when two contacts become one: whoever holds on to it finds the other, if asked again. */
const TO_WHAT_IS_MERGED = /^(?:[a-z_]+)_tenant_id_(?:contact_id|conversation_id)_fkey$/;
/** Class 08, 57P0x, a statement that took too long, a server or pool without a free connection, and no way there. */
const CONNECTION_FAILURE = /^(08|57P0|57014|53300|ECONN|EPIPE|ENOTFOUND|ETIMEDOUT|P1001|P1002|P1017|P2024|P2028)/;
/** The driver adapter's words for a server that is away. */
const AWAY_KINDS: ReadonlySet<string> = new Set(["DatabaseNotReachable", "ConnectionClosed", "SocketTimeout"]);
const AWAY_WORDS = /Connection terminated|is not queryable|Query read timeout|timeout exceeded when trying to connect/;
/** PostgreSQL's own codes, as opposed to Prisma's (P2002) and the operating system's (EPIPE). */
const SQLSTATE = /^(?:\d[0-9A-Z]|F0|HV|P0|XX)[0-9A-Z]{3}$/;
/** Too many rows for one, not a value of this type, against a constraint, longer than an index or a row can be. */
const DATA_CLASSES: ReadonlySet<string> = new Set(["21", "22", "23", "54"]);

/**
 * What a transaction throws that finds its own view of the data outdated by another: it is run again, as if PostgreSQL
 * had refused it.
 */
export class TransactionConflict extends Error {
  readonly code = SERIALIZATION_FAILURE;

  constructor(message: string) {
    super(message);
    this.name = "TransactionConflict";
  }
}

/** Two transactions met; the one that lost can simply be run again. */
export function isTransactionConflict(error: unknown): boolean {
  const code = codeOf(error);
  if (code === FOREIGN_KEY_VIOLATION || code === PRISMA_FOREIGN_KEY_VIOLATION) {
    return TO_WHAT_IS_MERGED.test(constraintOf(error) ?? "");
  }
  return code === DEADLOCK_DETECTED || code === SERIALIZATION_FAILURE || code === PRISMA_WRITE_CONFLICT;
}

/** A unique index refused a row: somebody else was first. */
export function isUniqueViolation(error: unknown): boolean {
  const code = codeOf(error);
  return code === UNIQUE_VIOLATION || code === PRISMA_UNIQUE_VIOLATION;
}

/** The server gave a statement up because it took too long, or somebody told it to. */
export function isStatementTimeout(error: unknown): boolean {
  return codeOf(error) === QUERY_CANCELED;
}

/** The server is away, going away, or too busy to answer in time. */
export function isConnectionFailure(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== undefined && CONNECTION_FAILURE.test(code)) return true;
  const kind = errorWithCode.safeParse(error).data?.cause?.kind;
  if (kind !== undefined && AWAY_KINDS.has(kind)) return true;
  return error instanceof Error && AWAY_WORDS.test(error.message);
}

/**
 * The server, its schema or its settings are at fault, and not what was to be written: another try may succeed once
 * somebody has seen to it. Includes what `isConnectionFailure` and `isTransactionConflict` tell.
 */
export function isServerFault(error: unknown): boolean {
  if (isConnectionFailure(error) || isTransactionConflict(error)) return true;
  const code = codeOf(error);
  return code !== undefined && SQLSTATE.test(code) && !DATA_CLASSES.has(code.slice(0, 2));
}

/** PostgreSQL's code and the constraint, fit to be shown: the text of its errors can repeat what was to be written. */
export function describeDataError(error: unknown): string | undefined {
  const code = codeOf(error);
  if (code === undefined || !SQLSTATE.test(code)) return undefined;
  const constraint = constraintOf(error);
  return constraint === undefined ? code : `${code} ${constraint}`;
}

export function isMissingDatabase(error: unknown): boolean {
  return codeOf(error) === INVALID_CATALOG_NAME;
}

/** PostgreSQL stores no U+0000, neither in text (22021) nor in jsonb (22P05). */
export function isUnstorableText(error: unknown): boolean {
  const code = codeOf(error);
  return code === "22021" || code === "22P05";
}

/** PostgreSQL's own code where there is one: Prisma wraps the errors that it has no name for (P2010, P2039). */
function codeOf(error: unknown): string | undefined {
  const parsed = errorWithCode.safeParse(error).data;
  return parsed?.meta?.driverAdapterError?.cause?.originalCode ?? parsed?.cause?.originalCode ?? parsed?.code;
}

/** The constraint's name, where the error tells it. */
function constraintOf(error: unknown): string | undefined {
  const parsed = errorWithCode.safeParse(error).data;
  const ofDriver = parsed?.meta?.driverAdapterError?.cause ?? parsed?.cause;
  return ofDriver?.constraint?.index ?? parsed?.constraint;
}

const driverCause = z
  .object({
    originalCode: z.string().optional(),
    kind: z.string().optional(),
    constraint: z.object({ index: z.string() }).optional().catch(undefined),
  })
  .optional()
  .catch(undefined);

const errorWithCode = z.object({
  code: z.string().optional().catch(undefined),
  constraint: z.string().optional().catch(undefined),
  /** Of an error of the driver that Prisma did not wrap: that of a transaction's first or last statement. */
  cause: driverCause,
  meta: z
    .object({ driverAdapterError: z.object({ cause: driverCause }).optional() })
    .optional()
    .catch(undefined),
});
