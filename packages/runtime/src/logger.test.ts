import { Writable } from "node:stream";
import { pino } from "pino";
import { expect, test } from "vitest";
import { loggerOptions } from "./logger.ts";

test("secrets and what people wrote never reach the log, at any depth in use", () => {
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  const logger = pino(loggerOptions({ name: "test", level: "info" }), sink);
  logger.info({
    password: "canary-1",
    user: { refreshToken: "canary-2" },
    req: { headers: { authorization: "canary-3" } },
  });
  logger.info({
    job: { payload: { text: "canary-4" } },
    message: { content: "canary-5" },
    inbox: { credentials: "canary-6" },
  });
  expect(lines.join("")).not.toMatch(/canary/);
  expect(lines.join("")).toContain("[redacted]");
});
