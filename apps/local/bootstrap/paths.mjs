import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
export const NODE_MODULES = join(ROOT, "node_modules");
const BIN = join(NODE_MODULES, ".bin");

/** The Node that package.json names (24), not the one that runs this. */
export const INSTALLED_NODE = join(BIN, "node");

/** What every child sees: the installed programs first, so that `node` is the installed one. */
export const childEnvironment = { ...process.env, PATH: `${BIN}${delimiter}${process.env["PATH"] ?? ""}` };
