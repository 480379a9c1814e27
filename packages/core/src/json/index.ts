export { enumInput, jsonEnum, toJsonEnum } from "./json-enum.ts";
export { bodyText, lineText } from "./text.ts";
export { timeInput, timeJson } from "./time.ts";
