import { DomainError } from "@parley/runtime";
import { z } from "zod";
import { timeInput } from "../json/index.ts";

/** The sort key of lists that are ordered by id. */
export const idKey = z.tuple([z.uuid()]);

/** The sort key of lists that are ordered by a time, then by id. */
export const timeKey = z.tuple([timeInput, z.uuid()]);

/** The sort key of lists that are numbered from 1. */
export const numberKey = z.tuple([
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number),
]);

const bigNumber = z
  .string()
  .regex(/^\d{1,18}$/)
  .transform(BigInt);

/** The sort key of the log: the transaction, then the sequence number. */
export const logKey = z.tuple([bigNumber, bigNumber]);

/** A part of a sort key as a row has it. */
export type KeyPart = string | number | bigint | Date;

/**
 * The sort key of the last row that the client has seen; undefined on the first page. A cursor is base64url of the
 * key's JSON: opaque to clients, and checked like anything else that they send.
 */
export function readCursor<Schema extends z.ZodType>(
  cursor: string | undefined,
  schema: Schema,
): z.output<Schema> | undefined {
  if (cursor === undefined) return undefined;
  const key = schema.safeParse(parseJson(Buffer.from(cursor, "base64url").toString("utf8")));
  if (key.success) return key.data;
  const message = "is not a cursor of this list; leave it out to begin with the first page";
  throw new DomainError("validation_failed", `The cursor ${message}.`, { fields: [{ path: "cursor", message }] });
}

export function toCursor(key: readonly KeyPart[]): string {
  const parts = key.map((part) => (part instanceof Date ? part.toISOString() : String(part)));
  return Buffer.from(JSON.stringify(parts)).toString("base64url");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
