import { readFileSync } from "node:fs";

/**
 * The lines of a file under `data/`: a key, a tab, and words separated by spaces; lines that begin with `#` are comments.
 * Throws, with the line, when one is not like that.
 */
export function readWordTable(path: string): [key: string, words: string[]][] {
  const lines = readFileSync(new URL(`../../data/${path}`, import.meta.url), "utf8").split("\n");
  return lines.flatMap((line, index): [string, string[]][] => {
    if (line === "" || line.startsWith("#")) return [];
    const [key, words] = line.split("\t");
    if (!key || !words) throw new Error(`data/${path}:${index + 1} is not a key, a tab and words`);
    return [[key, words.split(" ")]];
  });
}
