export { createLogReader, type LogPage, type LogReader, type LogWindow } from "./log-reader.ts";
export { progressIn, type LogProgress } from "./log-progress.ts";
