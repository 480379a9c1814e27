import { Liquid } from "liquidjs";

/** The longest template, in characters. Of its conditional parts only some become text. */
export const MAX_TEMPLATE = 10_000;
/** For one text, in milliseconds and in characters that filters make. Both are a thousand times what a reply needs. */
const RENDER_LIMIT_MS = 200;
const MEMORY_LIMIT = 1_000_000;

/**
 * Texts with conditional parts, and nothing by which a template could go on for long or reach anything: no loops, no
 * variables of its own, no other templates, no files.
 */
const TAGS: ReadonlySet<string> = new Set(["if", "unless", "case", "comment", "#", "raw"]);

const FILTERS: ReadonlySet<string> = new Set([
  "append",
  "capitalize",
  "default",
  "divided_by",
  "downcase",
  "minus",
  "plus",
  "prepend",
  "remove",
  "replace",
  "round",
  "strip",
  "times",
  "truncate",
  "truncatewords",
  "upcase",
]);

/** Liquid, as templates of ours are written in. Reports all that is wrong with a template, not only the first. */
export const engine = createEngine();

function createEngine(): Liquid {
  const liquid = new Liquid({
    ownPropertyOnly: true,
    strictFilters: true,
    // With strict variables: a condition or a default may ask for what has no value.
    lenientIf: true,
    catchAllErrors: true,
    parseLimit: MAX_TEMPLATE,
    renderLimit: RENDER_LIMIT_MS,
    memoryLimit: MEMORY_LIMIT,
    // Nothing includes a file; if anything ever did, there would be none.
    templates: {},
    cache: false,
  });
  keepOnly(liquid.tags, TAGS);
  keepOnly(liquid.filters, FILTERS);
  return liquid;
}

function keepOnly(all: Record<string, unknown>, kept: ReadonlySet<string>): void {
  for (const name of Object.keys(all)) if (!kept.has(name)) Reflect.deleteProperty(all, name);
}
