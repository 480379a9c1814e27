import { writeFile } from "node:fs/promises";
import { formatNumber, printTable } from "./table.ts";

/** The figures of one bench, as `--json` writes them. */
export interface BenchResult {
  bench: string;
  results: Record<string, number>;
}

/** What a figure is to reach. */
export interface Target {
  key: string;
  atLeast?: number;
  atMost?: number;
}

/** One result is written as it is, several as an array. */
export async function writeResults(file: string, results: readonly BenchResult[]): Promise<void> {
  const [first] = results;
  await writeFile(file, `${JSON.stringify(results.length === 1 ? first : results, undefined, 2)}\n`);
}

/** Prints the figures beside what they were to reach. */
export function printResults({ bench, results }: BenchResult, targets: readonly Target[]): void {
  const rows = Object.entries(results).map(([key, value]) => {
    const target = targets.find((candidate) => candidate.key === key);
    return [key, value, ...(target ? [describe(target), isMet(target, value) ? "met" : "MISSED"] : ["", ""])];
  });
  printTable(`${bench}: figures`, ["key", "value", "target", ""], rows);
}

function describe({ atLeast, atMost }: Target): string {
  if (atLeast !== undefined) return `≥ ${formatNumber(atLeast)}`;
  return atMost === undefined ? "" : `≤ ${formatNumber(atMost)}`;
}

function isMet({ atLeast = -Infinity, atMost = Infinity }: Target, value: number): boolean {
  return value >= atLeast && value <= atMost;
}
