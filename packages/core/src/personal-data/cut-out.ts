/** Of JSON that speaks of several people: what is somebody's. */
export interface CutRule {
  /** Whether a text names the person, or one of their messages. */
  isTheirs: (text: string) => boolean;
  /** Whether a part is about an account of somebody else, and is left as it is. */
  isForeign?: (part: Record<string, unknown>) => boolean;
}

/** What says who an item of a list is from, to or about. */
const OWNERS = ["from", "from_user_id", "to", "to_user_id", "recipient_id", "recipient_user_id", "wa_id", "user_id"];
/** About the company's account: no person's. */
const OF_THE_ACCOUNT = "metadata";

/**
 * JSON without the items of lists that are theirs, at whatever depth, and how many those were. An item is theirs if anything
 * in it names them, but for what stands in lists within it. Of what is somebody else's nothing is taken away, whatever they
 * wrote. Who is named in an item only by another name is found by that in the rest as well. What is theirs as a whole becomes
 * an empty object.
 */
export function cutOut(json: unknown, rule: CutRule): { rest: unknown; cut: number } {
  // Most of what a company gets is about others.
  if (!isAnywhereIn(json, rule.isTheirs)) return { rest: json, cut: 0 };
  const accounts = new Set(textsUnder(json, OF_THE_ACCOUNT));
  const known = new Set<string>();
  let [rest, cut] = [json, 0];
  for (;;) {
    const found = new Set<string>();
    const isTheirs = (text: string): boolean => known.has(text) || rule.isTheirs(text);
    const taken = walk(rest, { ...rule, isTheirs }, (item) => {
      cut += 1;
      for (const name of ownersOf(item)) if (!accounts.has(name) && !isTheirs(name)) found.add(name);
    });
    rest = taken;
    if (found.size === 0) return { rest, cut };
    for (const name of found) known.add(name);
  }
}

function walk(node: unknown, rule: CutRule, onCut: (item: unknown) => void): unknown {
  if (isObject(node) && names(node, rule.isTheirs)) {
    onCut(node);
    return {};
  }
  return walkWithin(node, rule, onCut);
}

function walkWithin(node: unknown, rule: CutRule, onCut: (item: unknown) => void): unknown {
  if (Array.isArray(node)) {
    return node.flatMap((item: unknown) => {
      if (isObject(item) && rule.isForeign?.(item)) return [item];
      if (names(item, rule.isTheirs)) {
        onCut(item);
        return [];
      }
      return [isObject(item) && ownersOf(item).length > 0 ? item : walkWithin(item, rule, onCut)];
    });
  }
  if (!isObject(node)) return node;
  return Object.fromEntries(Object.entries(node).map(([key, part]) => [key, walkWithin(part, rule, onCut)]));
}

function isAnywhereIn(node: unknown, isTheirs: (text: string) => boolean): boolean {
  if (typeof node === "string") return isTheirs(node);
  if (typeof node === "number") return isTheirs(String(node));
  if (typeof node !== "object" || node === null) return false;
  for (const part of Array.isArray(node) ? node : Object.values(node)) if (isAnywhereIn(part, isTheirs)) return true;
  return false;
}

/** Whether something names them without what stands in lists within it. */
function names(node: unknown, isTheirs: (text: string) => boolean): boolean {
  if (typeof node === "string") return isTheirs(node);
  if (typeof node === "number") return isTheirs(String(node));
  if (!isObject(node)) return false;
  return Object.entries(node).some(([key, part]) => key !== OF_THE_ACCOUNT && names(part, isTheirs));
}

function ownersOf(item: unknown): string[] {
  if (!isObject(item)) return [];
  return OWNERS.flatMap((key) => {
    const value = item[key];
    return typeof value === "string" ? [value] : [];
  });
}

function textsUnder(node: unknown, name: string): string[] {
  if (Array.isArray(node)) return node.flatMap((item) => textsUnder(item, name));
  if (!isObject(node)) return [];
  return Object.entries(node).flatMap(([key, part]) =>
    key === name && isObject(part)
      ? Object.values(part).filter((value): value is string => typeof value === "string")
      : textsUnder(part, name),
  );
}

function isObject(node: unknown): node is Record<string, unknown> {
  return typeof node === "object" && node !== null && !Array.isArray(node);
}
