export { idKey, logKey, numberKey, readCursor, timeKey, toCursor } from "./cursor.ts";
export { cutPage, mapPage, rowsToRead } from "./cut-page.ts";
export { EXAMPLE_CURSOR, pageQuery, type Page } from "./page-query.ts";
