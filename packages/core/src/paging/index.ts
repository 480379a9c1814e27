export { idKey, logKey, numberKey, readCursor, timeKey, toCursor } from "./cursor.ts";
export { cutPage, mapPage, rowsToRead } from "./cut-page.ts";
export { pageQuery, type Page } from "./page-query.ts";
