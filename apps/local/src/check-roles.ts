import { checkPostgres, MISSING_DATABASE, SIGN_IN_REFUSALS } from "@parley/embedded";
import { ConfigError, type DatabaseConfig, type Env } from "@parley/runtime";

/** `ours` is the role that the migrations make, and to which they give the password in the URL. */
const ROLES = [
  { name: "DATABASE_APP_URL", key: "appUrl", ours: "parley_app" },
  { name: "DATABASE_SYSTEM_URL", key: "systemUrl", ours: "parley_system" },
] as const;

/** Of one of the roles' tables: succeeds only where the migrations were applied, for a member of our roles. */
const READ = "select from tenant limit 0";

/**
 * Before anything is started: the servers of DATABASE_APP_URL and DATABASE_SYSTEM_URL are there, and let in users that
 * are the operator's own. Throws a ConfigError.
 */
export async function checkNamedRoles(env: Env): Promise<void> {
  for (const { name, ours } of ROLES) {
    const url = env[name];
    if (!url) continue;
    if (!env["DATABASE_URL"]) {
      throw new ConfigError(
        `${name} is set but DATABASE_URL is not: set that to the owner of the same database, or unset ${name}`,
      );
    }
    const { username, password } = new URL(url);
    const isOurs = username === ours && password !== "";
    const accept = isOurs ? [MISSING_DATABASE, ...SIGN_IN_REFUSALS] : [MISSING_DATABASE];
    await checkPostgres({ name, url, advice: advise(env, name), accept });
  }
}

/** After the migrations: both roles can sign in and read. Throws a ConfigError. */
export async function checkRoles(env: Env, database: DatabaseConfig): Promise<void> {
  for (const { name, key } of ROLES) {
    await checkPostgres({ name, url: database[key], advice: advise(env, name), statement: READ });
  }
}

function advise(env: Env, name: string): string {
  return env[name]
    ? `start that server, correct ${name}, or unset it to use the role that the migrations make`
    : `let that role sign in there, or set ${name} to one that can`;
}
