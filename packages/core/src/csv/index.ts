export { DELIMITERS, detectDelimiter, type Delimiter } from "./detect-delimiter.ts";
export { restoreCell } from "./neutral-cell.ts";
export { readRecords, type CsvProblem } from "./read-records.ts";
export {
  createEncodingDetector,
  splitAt,
  TEXT_ENCODINGS,
  toUtf8,
  wideEncodingOf,
  type TextEncoding,
} from "./text-encoding.ts";
export { toCsv, type CsvCell } from "./to-csv.ts";
