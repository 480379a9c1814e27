/** An error as logs show it. */
interface LoggedError {
  type: string;
  message: string;
  code?: string | undefined;
  constraint?: string | undefined;
  table?: string | undefined;
  stack?: string | undefined;
  cause?: LoggedError | undefined;
  errors?: LoggedError[] | undefined;
}

/** Deep enough for ours, Prisma's and the driver's; a chain that is longer is not worth more lines. */
const MAX_DEPTH = 4;

/**
 * What a log may say of an error: its kind, place and codes, none of the values that it was about. Drivers put those
 * into fields of their own (PostgreSQL's `detail`: "Failing row contains (…)"), Prisma and parsers into the message.
 */
export function serializeError(error: unknown): unknown {
  return error instanceof Error ? describe(error, 0) : error;
}

function describe(error: Error, depth: number): LoggedError {
  const type = error.constructor.name || error.name;
  const code = readText(error, "code") ?? readText(error.cause, "originalCode");
  const message = messageWithoutValues(error, type, code);
  const cause = causeOf(error);
  return {
    type,
    message,
    code,
    constraint: readText(error, "constraint"),
    table: readText(error, "table"),
    stack: depth === 0 ? [`${type}: ${message}`, ...framesOf(error)].join("\n") : undefined,
    cause: cause instanceof Error && depth < MAX_DEPTH ? describe(cause, depth + 1) : undefined,
    errors:
      error instanceof AggregateError && depth < MAX_DEPTH
        ? error.errors.filter((each) => each instanceof Error).map((each) => describe(each, depth + 1))
        : undefined,
  };
}

function messageWithoutValues(error: Error, type: string, code: string | undefined): string {
  const ofPrisma = type.startsWith("Prisma");
  // Prisma prints the call with its arguments below the first line.
  const text = ofPrisma ? (error.message.trim().split("\n", 1)[0] ?? "") : error.message;
  // PostgreSQL's data exceptions (class 22) and parsers quote what they could not read.
  const quotesValues = ofPrisma || error instanceof SyntaxError || code?.startsWith("22");
  return quotesValues ? text.replace(/".*"/s, '"…"') : text;
}

/** Prisma keeps the driver's error beside its own. */
function causeOf(error: Error): unknown {
  const meta: unknown = "meta" in error ? error.meta : undefined;
  return typeof meta === "object" && meta !== null && "driverAdapterError" in meta
    ? meta.driverAdapterError
    : error.cause;
}

/** The stack begins with the message as it was. */
function framesOf(error: Error): string[] {
  const stack = error.stack ?? "";
  const start = error.message === "" ? -1 : stack.lastIndexOf(error.message);
  return stack
    .slice(start === -1 ? 0 : start + error.message.length)
    .split("\n")
    .filter((line) => /^\s+at /.test(line));
}

function readText(value: unknown, key: string): string | undefined {
  if (typeof value !== "object" || value === null || !(key in value)) return undefined;
  const text: unknown = Reflect.get(value, key);
  return typeof text === "string" ? text : undefined;
}
