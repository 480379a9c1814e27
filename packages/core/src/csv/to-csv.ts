import { stringify } from "csv-stringify/sync";
import { neutralCell } from "./neutral-cell.ts";

export type CsvCell = string | number | null;

/**
 * Rows as lines of CSV (RFC 4180), each with its end. null is an empty cell. A cell that a spreadsheet would take for a
 * formula gets an apostrophe in front, which `restoreCell` takes away; space around a text is quoted, because readers
 * leave out what is not.
 */
export function toCsv(rows: readonly (readonly CsvCell[])[]): string {
  return stringify(
    rows.map((row) => row.map((cell) => (typeof cell === "string" ? neutralCell(cell) : cell))),
    {
      record_delimiter: "windows",
      // The library quotes for a whole line end only, and readers take half of one for an end as well.
      quoted_match: /^\s|\s$|[\r\n]/,
    },
  );
}
