import { ConfigError } from "@parley/runtime";
import { expect, test } from "vitest";
import { parseCommand } from "./command-line.ts";

const KNOWN = { bench: ["accept", "tickets"], drill: ["send"] };
const parse = (line: string) => parseCommand(line.split(" "), KNOWN);

test("a run without names is of everything known", () => {
  expect(parse("bench --scale 50000")).toMatchObject({ kind: "bench", names: KNOWN.bench, options: { scale: 50_000 } });
});

test("load takes the size of what it loads", () => {
  expect(parse("bench load --tenants 2 --conversations 200 --messages 1000 --seed 0")).toEqual({
    kind: "load",
    size: { tenants: 2, conversations: 200, messages: 1_000, seed: 0 },
    databaseUrl: undefined,
  });
});

test.each([
  ["bench nothing", /known are accept, tickets/],
  ["bench load accept", /stands alone/],
  ["bench load --rounds 2", /does not know --rounds/],
  ["bench accept --tenants 2", /does not know --tenants/],
  ["bench load --tenants many", /whole number/],
  ["bench --colour red", /colour/],
])("%s is refused with a sentence that says why", (line, reason) => {
  expect(() => parse(line)).toThrow(ConfigError);
  expect(() => parse(line)).toThrow(reason);
});
