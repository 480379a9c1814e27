import { stringify } from "csv-stringify/sync";

export type CsvCell = string | number | null;

/**
 * Rows as lines of CSV (RFC 4180), each with its end. null is an empty cell. A cell that a spreadsheet would take for a
 * formula, because it begins with = + - @, a tab or a carriage return, gets an apostrophe in front (OWASP, CSV
 * injection).
 */
export function toCsv(rows: readonly (readonly CsvCell[])[]): string {
  return stringify(
    rows.map((row) => [...row]),
    {
      record_delimiter: "windows",
      escape_formulas: true,
      // The library quotes for a whole line end only, and readers take half of one for an end as well.
      quoted_match: /[\r\n]/,
    },
  );
}
