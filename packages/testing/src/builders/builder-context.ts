import { randomInt } from "node:crypto";
import type { Database } from "@parley/db";
import type { Keyring } from "@parley/runtime";

/** What builders need of a TestContext. Rows are written as the system role. */
export interface BuilderContext {
  database: Database;
  keyring: Keyring;
}

/** So many decimal digits, the first of which is not 0. */
export function randomDigits(length: number): string {
  return Array.from({ length }, (_empty, index) => randomInt(index === 0 ? 1 : 0, 10)).join("");
}
