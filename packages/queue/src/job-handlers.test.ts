import { createSilentLogger, newId } from "@parley/runtime";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { defineJob, defineQueue } from "./define-queue.ts";
import { outboxRow } from "./outbox-row.ts";
import { startWorker, type JobHandlers } from "./start-worker.ts";

const retry = { attempts: 1, backoff: { baseMs: 1, maxMs: 1 } };
const queue = defineQueue("types-test", {
  greet: defineJob({ payload: z.object({ id: z.uuid() }), jobId: ({ id }) => `greet-${id}`, ...retry }),
  count: defineJob({ payload: z.object({ upTo: z.int() }), jobId: ({ upTo }) => `count-${upTo}`, ...retry }),
});
type Jobs = (typeof queue)["jobs"];
const greet = async ({ id }: { id: string }) => void id.toUpperCase();
const count = async ({ upTo }: { upTo: number }) => void upTo.toFixed();
const greetByNumber = async ({ id }: { id: number }) => void id.toFixed();
const later = async () => ({ runAgainAt: new Date(0) });

// Here `tsc` does the testing, because it refuses an expected error that is none. No worker is started.
describe("a worker does not compile", () => {
  const options = { redis: { url: "", prefix: "" }, queue, concurrency: 1, logger: createSilentLogger() };

  test("while a job of its queue has no handler", () => {
    expect(() => startWorker({ ...options, handlers: { greet, count } })).toBeTypeOf("function");
    // @ts-expect-error `count` has no handler
    expect(() => startWorker({ ...options, handlers: { greet } })).toBeTypeOf("function");
    // @ts-expect-error neither has one
    expect(() => startWorker({ ...options, handlers: {} })).toBeTypeOf("function");
  });

  test("with a handler for a job that its queue does not have", () => {
    // @ts-expect-error there is no job `leave`
    expect(() => startWorker({ ...options, handlers: { greet, count, leave: greet } })).toBeTypeOf("function");
  });

  test("with a handler that takes another payload", () => {
    // @ts-expect-error `count` has no id
    expect(() => startWorker({ ...options, handlers: { greet, count: greet } })).toBeTypeOf("function");
    // @ts-expect-error an id is a text
    expect(() => startWorker({ ...options, handlers: { greet: greetByNumber, count } })).toBeTypeOf("function");
  });

  test("with a handler that answers anything but nothing, or when to run again", () => {
    expect(() => startWorker({ ...options, handlers: { greet: later, count } })).toBeTypeOf("function");
    // @ts-expect-error a number is no outcome
    expect(() => startWorker({ ...options, handlers: { greet: async () => 7, count } })).toBeTypeOf("function");
    // @ts-expect-error a handler is asynchronous
    expect(() => startWorker({ ...options, handlers: { greet: () => undefined, count } })).toBeTypeOf("function");
  });
});

test("handlers that are written apart from their worker do not compile when one is missing", () => {
  const all: JobHandlers<Jobs> = { greet, count };
  // @ts-expect-error `greet` is missing
  const some: JobHandlers<Jobs> = { count };
  expect(Object.keys({ ...all, ...some })).toEqual(["greet", "count"]);
});

describe("a job does not compile", () => {
  test("with another job's payload, or with none", () => {
    expect(outboxRow(queue, "greet", { id: newId() })).toMatchObject({ queue: "types-test", job: "greet" });
    // @ts-expect-error `greet` takes an id
    expect(() => outboxRow(queue, "greet", { upTo: 3 })).toThrow("id");
    // @ts-expect-error `count` takes a number
    expect(() => outboxRow(queue, "count", { upTo: "3" })).toThrow("number");
    // @ts-expect-error a payload is needed
    expect(() => outboxRow(queue, "greet")).toThrow("object");
  });

  test("on a queue that does not have it", () => {
    // @ts-expect-error there is no job `leave`
    expect(() => outboxRow(queue, "leave", { id: newId() })).toThrow('has no job "leave"');
  });
});
