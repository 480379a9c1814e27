import { z } from "zod";
import { readCursor, toCursor } from "../paging/index.ts";

/** A place in the index: segment, time, id; the newest first. */
export type Place = readonly [segment: number, at: string, id: string];

/** Which part of what matches is looked through: behind `from`, down to `to` and with it; of all kinds by their names. */
export interface Window {
  from: Place | null;
  to: Place | null;
}

/** Where a reader of results has got to. */
export interface SearchPosition {
  /** When the first page was asked for: what is recent is so by that. */
  asOf: Date;
  windows: Partial<Record<"MESSAGE" | "TICKET", Window>>;
  /** The last result that was shown; null at the beginning of a window. */
  after: { score: number; id: string } | null;
}

const place = z.tuple([z.int(), z.iso.datetime(), z.uuid()]).nullable();
const windows = z.strictObject({
  MESSAGE: z.tuple([place, place]).optional(),
  TICKET: z.tuple([place, place]).optional(),
});
const key = z.tuple([
  z.iso.datetime().transform((text) => new Date(text)),
  z
    .string()
    .max(400)
    .transform((text, issues): z.output<typeof windows> => {
      const parsed = windows.safeParse(parseJson(text));
      if (parsed.success) return parsed.data;
      issues.addIssue({ code: "custom", message: "is no window" });
      return z.NEVER;
    }),
  z.union([z.literal(""), z.string().regex(/^\d(\.\d{1,6})?$/)]),
  z.union([z.literal(""), z.uuid()]),
]);

/** Undefined on the first page. */
export function readSearchPosition(cursor: string | undefined): SearchPosition | undefined {
  const read = readCursor(cursor, key);
  if (!read) return undefined;
  const [asOf, found, score, id] = read;
  return {
    asOf,
    windows: {
      ...(found.MESSAGE && { MESSAGE: { from: found.MESSAGE[0], to: found.MESSAGE[1] } }),
      ...(found.TICKET && { TICKET: { from: found.TICKET[0], to: found.TICKET[1] } }),
    },
    after: score === "" ? null : { score: Number(score), id },
  };
}

export function toSearchCursor({ asOf, windows: { MESSAGE, TICKET }, after }: SearchPosition): string {
  const found = {
    ...(MESSAGE && { MESSAGE: [MESSAGE.from, MESSAGE.to] }),
    ...(TICKET && { TICKET: [TICKET.from, TICKET.to] }),
  };
  return toCursor([asOf, JSON.stringify(found), after ? String(after.score) : "", after?.id ?? ""]);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
