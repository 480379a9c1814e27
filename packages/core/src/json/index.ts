export { enumInput, jsonEnum, toJsonEnum } from "./json-enum.ts";
export { commaSeparated, queryBoolean, repeated } from "./query-values.ts";
export { bodyText, lineText } from "./text.ts";
export { timeInput, timeJson } from "./time.ts";
