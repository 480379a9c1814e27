import { expect, test } from "vitest";
import { parseStartOptions } from "./start-options.ts";

test("npm start without arguments stays up, keeps the data and prints no logs", () => {
  expect(parseStartOptions(["start"])).toEqual({ mode: "start", once: false, fresh: false, verbose: false });
});

test("options may be combined", () => {
  const options = parseStartOptions(["start", "--once", "--fresh", "--verbose"]);
  expect(options).toEqual({ mode: "start", once: true, fresh: true, verbose: true });
});

test("dev plays no demo conversation, so it cannot end after it", () => {
  expect(() => parseStartOptions(["dev", "--once"])).toThrow(/--once belongs to npm start/);
});

test.each([[["start", "--what"]], [["start", "extra"]], [[]]])("%j is refused with the usage", (argv) => {
  expect(() => parseStartOptions(argv)).toThrow(/Usage: npm start/);
});
