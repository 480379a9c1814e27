import { lineText } from "../json/index.ts";

/** What somebody types into a search field. */
export const searchText = lineText(200).meta({ example: "4711" });
