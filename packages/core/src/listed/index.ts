export { fieldsQuery, pickFields, type Listed } from "./fields.ts";
export { includeQuery, type Finder, type Finders } from "./includes.ts";
export { listItems } from "./list-items.ts";
