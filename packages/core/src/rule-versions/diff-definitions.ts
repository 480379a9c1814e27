import { isDeepStrictEqual } from "node:util";
import type { RuleDefinitionJson } from "../rule-definitions/index.ts";
import { describePart } from "./describe-part.ts";
import type { RuleChangeJson } from "./version-schemas.ts";

type Parts = Record<string, unknown>;

/** What of a rule's definition became different, down to single values of its conditions and actions. */
export function diffDefinitions(before: RuleDefinitionJson, after: RuleDefinitionJson): RuleChangeJson[] {
  return diffParts(before, after, "");
}

function diffValues(before: unknown, after: unknown, path: string): RuleChangeJson[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (Array.isArray(before) && Array.isArray(after)) return diffLists(before, after, path);
  if (isParts(before) && isParts(after) && isSameKind(before, after)) return diffParts(before, after, path);
  return [changed(path, before, after)];
}

function diffParts(before: Parts, after: Parts, path: string): RuleChangeJson[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) => {
    const [was, is] = [before[name], after[name]];
    const place = path === "" ? name : `${path}.${name}`;
    if (was === undefined) return is === undefined ? [] : [added(place, is)];
    return is === undefined ? [removed(place, was)] : diffValues(was, is, place);
  });
}

/** What stands in both is not moved by what was put before it or taken from there. */
function diffLists(before: readonly unknown[], after: readonly unknown[], path: string): RuleChangeJson[] {
  const kept = longestCommon(before, after);
  const changes: RuleChangeJson[] = [];
  let [from, to] = [0, 0];
  for (const [keptFrom, keptTo] of [...kept, [before.length, after.length] as const]) {
    changes.push(...diffGap(before, after, { path, from, to, endFrom: keptFrom, endTo: keptTo }));
    [from, to] = [keptFrom + 1, keptTo + 1];
  }
  return changes;
}

/** Between two elements that are the same: what is of the same kind was changed, the rest came or went. */
function diffGap(
  before: readonly unknown[],
  after: readonly unknown[],
  gap: { path: string; from: number; to: number; endFrom: number; endTo: number },
): RuleChangeJson[] {
  const { path, endFrom, endTo } = gap;
  const changes: RuleChangeJson[] = [];
  let { from } = gap;
  for (let to = gap.to; to < endTo; to += 1) {
    const match = before.findIndex((each, index) => index >= from && index < endFrom && isSameKind(each, after[to]));
    if (match === -1) changes.push(added(`${path}.${to}`, after[to]));
    else {
      for (; from < match; from += 1) changes.push(removed(`${path}.${from}`, before[from]));
      changes.push(...diffValues(before[match], after[to], `${path}.${to}`));
      from = match + 1;
    }
  }
  for (; from < endFrom; from += 1) changes.push(removed(`${path}.${from}`, before[from]));
  return changes;
}

/** The places, in both lists, of the most elements that stand in both in the same order. */
function longestCommon(before: readonly unknown[], after: readonly unknown[]): (readonly [number, number])[] {
  // lengths[i][j]: of before from i on, and after from j on.
  const lengths = before.map(() => Array<number>(after.length + 1).fill(0));
  lengths.push(Array<number>(after.length + 1).fill(0));
  const at = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  for (let i = before.length - 1; i >= 0; i -= 1) {
    for (let j = after.length - 1; j >= 0; j -= 1) {
      const row = lengths[i];
      const isSame = isDeepStrictEqual(before[i], after[j]);
      if (row) row[j] = isSame ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const places: (readonly [number, number])[] = [];
  let [i, j] = [0, 0];
  while (i < before.length && j < after.length) {
    if (isDeepStrictEqual(before[i], after[j])) {
      places.push([i, j]);
      [i, j] = [i + 1, j + 1];
    } else if (at(i + 1, j) >= at(i, j + 1)) i += 1;
    else j += 1;
  }
  return places;
}

const JOINS = ["all", "any", "none"] as const;

/** An action of the same type, a comparison of the same field, a group that is joined in the same way. */
function isSameKind(before: unknown, after: unknown): boolean {
  if (!isParts(before) || !isParts(after)) return false;
  return (
    before["type"] === after["type"] &&
    before["field"] === after["field"] &&
    JOINS.every((join) => join in before === join in after)
  );
}

function isParts(value: unknown): value is Parts {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function added(path: string, after: unknown): RuleChangeJson {
  return { path, kind: "added", before: undefined, after, summary: `${path}: ${describePart(after)} was added` };
}

function removed(path: string, before: unknown): RuleChangeJson {
  return { path, kind: "removed", before, after: undefined, summary: `${path}: ${describePart(before)} was removed` };
}

function changed(path: string, before: unknown, after: unknown): RuleChangeJson {
  const summary = `${path}: ${describePart(before)} became ${describePart(after)}`;
  return { path, kind: "changed", before, after, summary };
}
