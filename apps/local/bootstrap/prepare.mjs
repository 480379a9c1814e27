import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { childEnvironment, INSTALLED_NODE, NODE_MODULES, ROOT } from "./paths.mjs";
import { filesIn, fingerprint, isStamped, stamp } from "./stamp.mjs";

const { packageManager, devDependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
const NODE_VERSION = devDependencies["node-runtime"].split("@").at(-1);
const GENERATED_CLIENT = join(ROOT, "packages/db/src/generated");

/** Installs the packages and generates the database client, each only when what it is made from has changed. */
export function prepare() {
  const manifests = fingerprint(["package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml", ...packageManifests()]);
  if (!existsSync(INSTALLED_NODE) || !isStamped("install", manifests)) {
    install();
    stamp("install", manifests);
  }
  const schema = fingerprint([...filesIn("prisma/schema"), ".config/prisma.ts", "pnpm-lock.yaml"]);
  if (!existsSync(GENERATED_CLIENT) || !isStamped("generate", schema)) {
    generateClient();
    stamp("generate", schema);
  }
}

function packageManifests() {
  const directories = [...filesIn("apps"), ...filesIn("packages")];
  return directories.map((directory) => `${directory}/package.json`).filter((file) => existsSync(join(ROOT, file)));
}

function install() {
  const first = existsSync(NODE_MODULES) ? "the packages changed" : "for the first time, which takes a minute or two";
  console.log(`Installing packages with ${packageManager} (${first}) …`);
  const args = [
    // Silences npx about itself; what pnpm says comes through.
    "--loglevel=error",
    "-y",
    packageManager,
    "install",
    "--frozen-lockfile",
    "--config.confirm-modules-purge=false",
    // The packages run under the Node that is being installed, whatever runs this.
    `--config.node-version=${NODE_VERSION}`,
  ];
  const { status, error } = spawnSync("npx", args, { cwd: ROOT, stdio: "inherit" });
  if (error) throw new Error(`npx could not be started (${error.message}): install npm, which brings it.`);
  if (status !== 0) throw new Error("The packages could not be installed; pnpm says why above.");
}

function generateClient() {
  console.log("Generating the database client …");
  const { status, stdout, stderr, error } = spawnSync(join(NODE_MODULES, ".bin/prisma"), ["generate"], {
    cwd: ROOT,
    env: childEnvironment,
    encoding: "utf8",
  });
  if (status !== 0)
    throw new Error(`The database client could not be generated:\n${error?.message ?? stdout + stderr}`);
}
