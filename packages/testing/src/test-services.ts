/** Where the tests find their servers. Handed from the global setup to every worker. */
export interface TestServices {
  /** The owner's URL, in the server's maintenance database: it makes and drops the databases of the tests. */
  adminUrl: string;
  /** The migrated database that every suite clones. */
  template: string;
  redisUrl: string;
}

declare module "vitest" {
  interface ProvidedContext {
    testServices: TestServices;
  }
}

/** The same server, another database. */
export function databaseUrl(adminUrl: string, database: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  return url.toString();
}
