export { toCsv, type CsvCell } from "./to-csv.ts";
