import { createHmac } from "node:crypto";
import {
  ConfigError,
  isProduction,
  readOwnerDatabaseUrl,
  readUrl,
  type DatabaseConfig,
  type Env,
} from "@parley/runtime";

/** Made by the first migration. */
const ROLES = { app: "parley_app", system: "parley_system" } as const;

/**
 * `DATABASE_APP_URL` and `DATABASE_SYSTEM_URL`; where they are not set, the roles that the migrations made, on the
 * server and database of `DATABASE_URL`. Throws a ConfigError, which repeats no URL, when one of these is none, and in
 * production when `DATABASE_URL` has no password to derive theirs from.
 */
export function readDatabaseConfig(env: Env): DatabaseConfig {
  const protocols = ["postgres:", "postgresql:"];
  const derived = () => deriveRoleUrls(readDerivableUrl(env));
  return {
    appUrl: env["DATABASE_APP_URL"] ? readUrl(env, "DATABASE_APP_URL", protocols) : derived().appUrl,
    systemUrl: env["DATABASE_SYSTEM_URL"] ? readUrl(env, "DATABASE_SYSTEM_URL", protocols) : derived().systemUrl,
  };
}

function readDerivableUrl(env: Env): string {
  const ownerUrl = readOwnerDatabaseUrl(env);
  if (isProduction(env) && new URL(ownerUrl).password === "") {
    throw new ConfigError(
      "DATABASE_URL has no password, so anybody could work out those of the roles: give it one, or set " +
        "DATABASE_APP_URL and DATABASE_SYSTEM_URL",
    );
  }
  return ownerUrl;
}

/** The owner's URL with the user and password of each role. */
export function deriveRoleUrls(ownerUrl: string): DatabaseConfig {
  const as = (role: string): string => {
    const url = new URL(ownerUrl);
    url.username = role;
    url.password = deriveRolePassword(ownerUrl, role);
    return url.toString();
  };
  return { appUrl: as(ROLES.app), systemUrl: as(ROLES.system) };
}

/** A password that only somebody who has the owner's can work out. */
function deriveRolePassword(ownerUrl: string, role: string): string {
  const ownerPassword = decodeURIComponent(new URL(ownerUrl).password);
  return createHmac("sha256", ownerPassword).update(`parley role ${role}`).digest("base64url");
}

/**
 * The passwords that our roles must have for these URLs, which `readDatabaseConfig` has checked, to work. A URL that
 * names another user, or no password, asks for none: that role, and how it signs in, are the operator's.
 */
export function readRolePasswords(config: DatabaseConfig): { role: string; password: string }[] {
  const wanted = [
    { role: ROLES.app, url: new URL(config.appUrl) },
    { role: ROLES.system, url: new URL(config.systemUrl) },
  ];
  return wanted.flatMap(({ role, url }) =>
    url.username === role && url.password !== "" ? [{ role, password: decodeURIComponent(url.password) }] : [],
  );
}
