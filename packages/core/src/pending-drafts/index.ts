export { supersedeDrafts, type Overtaken } from "./supersede-drafts.ts";
export { supersedeEarlierDrafts } from "./supersede-earlier-drafts.ts";
