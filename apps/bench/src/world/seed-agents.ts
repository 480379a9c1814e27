import { request } from "undici";
import type { BenchDatabase } from "../setting/bench-database.ts";
import { benchId, benchIdSql } from "./bench-ids.ts";
import { withSystem } from "./seed-world.ts";

export const SEEDED_PASSWORD = "test-password-1";

/** Of that password, by bcrypt's cost: the lowest for who only has to get in, the real one for who measures it. */
export const PASSWORD_HASHES = {
  4: "$2b$04$QqT0IUqgvSrLAtqhLL2jPuLaKgluuEE..nkJBPfqmpo6X11UG/kz2",
  12: "$2b$12$kFowD3JtcqAyKeyEuRaPQu0aJbLlLUprO7IbdlO2wiFsYn0ckZcQS",
} as const;

const agentEmail = (n: number): string => `agent${n}@bench.example`;

/** So many AGENTs of the tenant of the first inbox. */
export async function seedAgents(
  database: BenchDatabase,
  { count, cost }: { count: number; cost: keyof typeof PASSWORD_HASHES },
): Promise<void> {
  await withSystem(database, async (client) => {
    await client.query(
      `insert into app_user (id, email, password_hash, full_name)
       select ${benchIdSql("agent", "0", "n")}, 'agent' || n || '@bench.example', $2, 'Agent ' || n
         from generate_series(0, $1::int - 1) n`,
      [count, PASSWORD_HASHES[cost]],
    );
    await client.query(
      `insert into membership (tenant_id, user_id, role)
       select $2, ${benchIdSql("agent", "0", "n")}, 'AGENT' from generate_series(0, $1::int - 1) n`,
      [count, benchId("tenant", 0)],
    );
  });
}

/** The access token of the `n`-th of them. */
export function signInAgent(url: string, n = 0): Promise<string> {
  return signIn(url, agentEmail(n));
}

/** The access token of somebody whose password is that of all who are seeded. */
export async function signIn(url: string, email: string): Promise<string> {
  const answer = await request(`${url}/api/v1/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email, password: SEEDED_PASSWORD }),
  });
  const { data } = (await answer.body.json()) as { data?: { accessToken?: string } };
  if (data?.accessToken === undefined) throw new Error(`${email} could not sign in: HTTP ${answer.statusCode}`);
  return data.accessToken;
}
