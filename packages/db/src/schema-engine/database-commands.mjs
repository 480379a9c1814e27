import { Client } from "pg";

const CONNECT_TIMEOUT_MS = 10_000;

/** Resolves when a connection to the database can be made. */
export async function canConnect(url) {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  try {
    await client.connect();
  } finally {
    await client.end().catch(() => {});
  }
}

/** Creates the database that `url` names, through the server's "postgres" database. */
export async function createDatabase(url) {
  const adminUrl = new URL(url);
  adminUrl.pathname = "/postgres";
  const client = new Client({ connectionString: adminUrl.href, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  try {
    await client.connect();
    await client.query(`CREATE DATABASE ${client.escapeIdentifier(databaseOf(url))}`);
  } finally {
    await client.end().catch(() => {});
  }
}

/** The message, and Prisma's error code where the CLI acts on it (P1003: it offers to create the database). */
export function describeFailure(error, url) {
  const { hostname, port, username } = new URL(url);
  const server = `${hostname}:${port || 5432}`;
  switch (error.code) {
    case "3D000":
      return {
        error_code: "P1003",
        message: `Database \`${databaseOf(url)}\` does not exist on the server at \`${server}\`.`,
      };
    case "28P01":
    case "28000":
      return { error_code: "P1000", message: `Authentication failed at \`${server}\` for \`${username}\`.` };
    case "42P04":
      return { error_code: "P1009", message: `Database \`${databaseOf(url)}\` already exists at \`${server}\`.` };
    case "ECONNREFUSED":
    case "ENOTFOUND":
    case "ETIMEDOUT":
    case "EHOSTUNREACH":
    case "ECONNRESET":
      return { error_code: "P1001", message: `Can't reach database server at \`${server}\`. Is it running?` };
    default:
      return { error_code: "P1011", message: `Error opening a connection to \`${server}\`: ${error.message}` };
  }
}

function databaseOf(url) {
  return decodeURIComponent(new URL(url).pathname.slice(1));
}
