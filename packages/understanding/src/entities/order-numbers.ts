import { findCue } from "./cues.ts";
import type { Certainty, Marketplace, OrderNumber } from "./entity.ts";
import type { Code } from "./find-codes.ts";

const MONTH = "(?:0[1-9]|1[0-2])";
const DAY = "(?:0[1-9]|[12]\\d|3[01])";

/** Shapes that vendors document, or that unrelated clients agree on, and that nothing else has. */
const SHAPES: readonly (readonly [Marketplace, RegExp])[] = [
  ["amazon", /^\d{3}-\d{7}-\d{7}$/],
  // Begins with the day of the order.
  ["manomano", new RegExp(`^M20\\d{2}${MONTH}${DAY}\\d{4,6}$`)],
  ["cdiscount", new RegExp(`^\\d{2}${MONTH}${DAY}\\d{4}(?=\\d*[A-Z])[A-Z0-9]{5}$`)],
  ["mirakl", /^ORD-\d{1,10}-[A-Z]$/],
];

/** Other marketplaces' numbers have no shape of their own (Back Market, Rakuten: figures): the word before must say so. */
const LIKE_A_NUMBER = /^(?=[A-Z-]*\d)[A-Z0-9][A-Z0-9-]{3,29}$/;
const ONLY_FIGURES = /^\d+$/;
/** A shorter figure is a quantity, a year or a price. */
const FEWEST_FIGURES = 5;

const MARKETPLACES: ReadonlySet<string> = new Set<Marketplace>([
  "amazon",
  "cdiscount",
  "fnac",
  "manomano",
  "rakuten",
  "vinted",
  "backmarket",
  "mirakl",
]);

/** Whether `code` is an order number, and how surely. `channel` names the marketplace of numbers without a shape. */
export function toOrderNumber(
  text: string,
  code: Code,
  channel: string | undefined,
): { entity: OrderNumber; certainty: Certainty } | undefined {
  const shape = SHAPES.find(([, pattern]) => pattern.test(code.value));
  if (shape) return { entity: { type: "order_number", ...code, marketplace: shape[0] }, certainty: "certain" };
  if (!LIKE_A_NUMBER.test(code.value)) return undefined;
  if (ONLY_FIGURES.test(code.value) && code.value.length < FEWEST_FIGURES) return undefined;
  if (findCue(text, code.start)?.kind !== "order") return undefined;
  const marketplace = toMarketplace(channel);
  return { entity: { type: "order_number", ...code, ...(marketplace && { marketplace }) }, certainty: "cued" };
}

function toMarketplace(channel: string | undefined): Marketplace | undefined {
  const name = channel?.toLowerCase() ?? "";
  return MARKETPLACES.has(name) ? (name as Marketplace) : undefined;
}
