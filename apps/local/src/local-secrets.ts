import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { ConfigError, type Env } from "@parley/runtime";

export interface LocalSecrets {
  JWT_SECRET: string;
  ENCRYPTION_KEYS: string;
}

/** Those of the environment; what it lacks is made once and kept in `file`, because data are encrypted with it. */
export async function ensureSecrets(env: Env, file: string): Promise<LocalSecrets> {
  const kept = await readKept(file);
  const secrets: LocalSecrets = {
    JWT_SECRET: kept.JWT_SECRET ?? randomBytes(48).toString("base64"),
    ENCRYPTION_KEYS: kept.ENCRYPTION_KEYS ?? `local:${randomBytes(32).toString("base64")}`,
  };
  if (!kept.JWT_SECRET || !kept.ENCRYPTION_KEYS) {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `${JSON.stringify(secrets, undefined, 2)}\n`, { mode: 0o600 });
  }
  return {
    JWT_SECRET: env["JWT_SECRET"] || secrets.JWT_SECRET,
    ENCRYPTION_KEYS: env["ENCRYPTION_KEYS"] || secrets.ENCRYPTION_KEYS,
  };
}

async function readKept(file: string): Promise<Partial<LocalSecrets>> {
  const text = await readFile(file, "utf8").catch(() => "{}");
  try {
    return JSON.parse(text) as Partial<LocalSecrets>;
  } catch {
    // The parser's own words repeat what it could not read.
    throw new ConfigError(`${file} is damaged: restore it, or delete it and begin anew with --fresh`);
  }
}
