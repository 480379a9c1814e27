/** One line of the table at the end: what the ledgers say there must be, what there is, and which rows differ. */
export interface Check {
  name: string;
  expected: number | string;
  found: number | string;
  /** The rows that break it, each in a few words; none when it holds. */
  broken: readonly string[];
}

/** Everything in `expected` must be found, and nothing else: by key, each once. */
export function compareSets(name: string, expected: ReadonlySet<string>, found: readonly string[]): Check {
  const counts = new Map<string, number>();
  for (const key of found) counts.set(key, (counts.get(key) ?? 0) + 1);
  return {
    name,
    expected: expected.size,
    found: found.length,
    broken: [
      ...[...expected].filter((key) => !counts.has(key)).map((key) => `missing ${key}`),
      ...[...counts].flatMap(([key, count]) =>
        !expected.has(key) ? [`extra ${key}`] : count > 1 ? [`${count} times ${key}`] : [],
      ),
    ],
  };
}

/** A list that must be empty. */
export function none(name: string, broken: readonly string[]): Check {
  return { name, expected: 0, found: broken.length, broken };
}

export function equal(name: string, expected: number, found: number): Check {
  return { name, expected, found, broken: expected === found ? [] : [`${found} instead of ${expected}`] };
}

const SHOWN = 10;

/** Prints the table, then the rows that break an invariant. True when none does. */
export function printComparison(checks: readonly Check[]): boolean {
  const width = Math.max(...checks.map((check) => check.name.length));
  console.log(`\n  ${"".padEnd(width)}  ${"expected".padStart(10)}  ${"found".padStart(10)}`);
  for (const { name, expected, found, broken } of checks) {
    const mark = broken.length === 0 ? "ok" : `BROKEN (${broken.length})`;
    console.log(`  ${name.padEnd(width)}  ${String(expected).padStart(10)}  ${String(found).padStart(10)}  ${mark}`);
  }
  const failing = checks.filter((check) => check.broken.length > 0);
  for (const { name, broken } of failing) {
    console.log(`\n  ${name}:`);
    for (const row of broken.slice(0, SHOWN)) console.log(`    ${row}`);
    if (broken.length > SHOWN) console.log(`    … and ${broken.length - SHOWN} more`);
  }
  return failing.length === 0;
}
