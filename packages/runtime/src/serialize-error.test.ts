import { Writable } from "node:stream";
import { pino } from "pino";
import { expect, test } from "vitest";
import { DomainError } from "./domain-error.ts";
import { loggerOptions } from "./logger.ts";

const CANARY = "canary: what a customer wrote";

/** The line that a process writes about `error`. */
function logged(error: unknown): { line: string; err: Record<string, unknown> } {
  let line = "";
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      line += chunk.toString();
      done();
    },
  });
  pino(loggerOptions({ name: "test", level: "info" }), sink).error({ err: error }, "failed");
  const { err } = JSON.parse(line) as { err: Record<string, unknown> };
  return { line, err };
}

function parseError(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return error;
  }
}

/** As node-postgres makes it. */
class DatabaseError extends Error {}

/** As Prisma makes it. */
class PrismaClientKnownRequestError extends Error {}

test("of PostgreSQL's error the row is left out, and what leads to the fault stays", () => {
  const error = Object.assign(new DatabaseError('new row for relation "message" violates check constraint "poison"'), {
    code: "23514",
    table: "message",
    constraint: "poison",
    detail: `Failing row contains (1, ${CANARY}).`,
    where: `unnamed portal parameter $1 = '${CANARY}'`,
    parameters: [CANARY],
  });
  const { line, err } = logged(error);
  expect(line).not.toContain("canary");
  expect(err).toMatchObject({ type: "DatabaseError", code: "23514", table: "message", constraint: "poison" });
  expect(err["message"]).toContain('violates check constraint "poison"');
  expect(err["stack"]).toMatch(/serialize-error\.test\.ts/);
});

test("of a value that PostgreSQL could not read, the value is left out of message and stack", () => {
  const error = Object.assign(new DatabaseError(`invalid input syntax for type uuid: "${CANARY}\n    at x"`), {
    code: "22P02",
  });
  const { line, err } = logged(error);
  expect(line).not.toContain("canary");
  expect(err).toMatchObject({ message: 'invalid input syntax for type uuid: "…"' });
});

test("of Prisma's error the call's arguments are left out, and the driver's code is told", () => {
  const driver = new Error(`invalid input syntax for type uuid: "${CANARY}"`, { cause: { originalCode: "22P02" } });
  const error = Object.assign(
    new PrismaClientKnownRequestError(`\nInvalid \`tx.message.create()\` invocation:\n\n{ text: "${CANARY}" }\n`),
    { code: "P2010", meta: { driverAdapterError: driver, text: CANARY } },
  );
  const { line, err } = logged(error);
  expect(line).not.toContain("canary");
  expect(err).toMatchObject({
    message: "Invalid `tx.message.create()` invocation:",
    code: "P2010",
    cause: { code: "22P02" },
  });
});

test("of a cause the kind, the message and the code are told", () => {
  const { line, err } = logged(new DomainError("unavailable", "Try again later.", { cause: parseError(CANARY) }));
  expect(line).not.toContain("canary");
  expect(err).toMatchObject({
    type: "DomainError",
    message: "Try again later.",
    code: "unavailable",
    cause: { type: "SyntaxError" },
  });
});

test("of several attempts to connect each is told", () => {
  const refused = Object.assign(new Error("connect ECONNREFUSED ::1:5432"), { code: "ECONNREFUSED" });
  const { err } = logged(Object.assign(new AggregateError([refused]), { code: "ECONNREFUSED" }));
  expect(err).toMatchObject({ code: "ECONNREFUSED", errors: [{ message: "connect ECONNREFUSED ::1:5432" }] });
  expect(err["stack"]).toMatch(/serialize-error\.test\.ts/);
});
