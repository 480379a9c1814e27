import { parse } from "csv-parse/sync";

export const DELIMITERS = [",", ";", "\t", "|"] as const;
export type Delimiter = (typeof DELIMITERS)[number];

/** So many lines are looked at. */
const LINES = 20;

/**
 * The delimiter by which the first lines of a CSV have the most cells, as many in each as in the header. `text` is the
 * beginning of the file, of which the last line may be cut off. A comma where nothing is told.
 */
export function detectDelimiter(text: string): Delimiter {
  const scored = DELIMITERS.map((delimiter) => ({ delimiter, score: scoreOf(text, delimiter) }));
  const [best] = scored.toSorted((one, other) => other.score - one.score);
  return best && best.score > 0 ? best.delimiter : ",";
}

/** 0: the header has one cell. */
function scoreOf(text: string, delimiter: Delimiter): number {
  const rows: unknown[] = [];
  try {
    // Rows are collected one by one: what comes behind them, and may be cut off, is no matter.
    parse(text, {
      delimiter,
      bom: true,
      to: LINES,
      trim: true,
      relax_quotes: true,
      relax_column_count: true,
      skip_empty_lines: true,
      record_delimiter: ["\r\n", "\n", "\r"],
      on_record: (cells: string[]) => void rows.push(cells.length),
    });
  } catch {
    // What was read before stands.
  }
  const [header = 1, ...others] = rows.map(Number);
  if (header < 2) return 0;
  const alike = others.filter((count) => count === header).length;
  return header * (1 + (others.length === 0 ? 1 : alike / others.length) * LINES);
}
