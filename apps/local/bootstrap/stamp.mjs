import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { NODE_MODULES, ROOT } from "./paths.mjs";

/** A hash over the files and the kind of machine: a copy of node_modules from another one does not count. */
export function fingerprint(files) {
  const hash = createHash("sha256").update(`${process.platform}-${process.arch}`);
  for (const file of files) hash.update(`\0${file}\0`).update(readFileSync(join(ROOT, file)));
  return hash.digest("hex");
}

/** What is directly in `directory`, as paths from the root, in order. */
export function filesIn(directory) {
  const names = readdirSync(join(ROOT, directory)).filter((name) => !name.startsWith("."));
  return names.toSorted().map((name) => `${directory}/${name}`);
}

export function isStamped(name, value) {
  try {
    return readFileSync(stampFile(name), "utf8") === value;
  } catch {
    return false;
  }
}

export function stamp(name, value) {
  writeFileSync(stampFile(name), value);
}

function stampFile(name) {
  return join(NODE_MODULES, `.parley-${name}`);
}
