import { request } from "undici";
import type { BenchDatabase } from "../../setting/bench-database.ts";
import { benchId } from "../../world/bench-ids.ts";
import { withSystem } from "../../world/seed-world.ts";

/** Somebody who is signed in to the tenant of the first inbox and looks at its conversations. */
export interface Agent {
  /** Whether the message with this provider id is among the newest of the contact's conversation. */
  sees(contact: number, externalId: string): Promise<boolean>;
}

const EMAIL = "agent@bench.example";
const PASSWORD = "test-password-1";
/** The password's hash, at bcrypt's lowest cost. */
const PASSWORD_HASH = "$2b$04$QqT0IUqgvSrLAtqhLL2jPuLaKgluuEE..nkJBPfqmpo6X11UG/kz2";
const NEWEST = 5;

export async function signInAgent(database: BenchDatabase, url: string): Promise<Agent> {
  const [tenantId, userId] = [benchId("tenant", 0), benchId("agent", 0)];
  await withSystem(database, async (client) => {
    await client.query("insert into app_user (id, email, password_hash, full_name) values ($1, $2, $3, 'Agent')", [
      userId,
      EMAIL,
      PASSWORD_HASH,
    ]);
    await client.query("insert into membership (tenant_id, user_id, role) values ($1, $2, 'AGENT')", [
      tenantId,
      userId,
    ]);
  });
  const answer = await request(`${url}/api/v1/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: EMAIL, password: PASSWORD }),
  });
  const { data } = (await answer.body.json()) as { data?: { accessToken?: string } };
  if (data?.accessToken === undefined) throw new Error(`the agent could not sign in: HTTP ${answer.statusCode}`);
  const headers = { authorization: `Bearer ${data.accessToken}` };

  return {
    async sees(contact, externalId) {
      const conversationId = benchId("conversation", 0, contact);
      const { statusCode, body } = await request(
        `${url}/api/v1/messages?conversationId=${conversationId}&limit=${NEWEST}`,
        { headers },
      );
      if (statusCode !== 200) throw new Error(`GET /messages answered ${statusCode}: ${await body.text()}`);
      // The contract of GET /messages.
      const { data: messages } = (await body.json()) as { data: { externalId: string | null }[] };
      return messages.some((message) => message.externalId === externalId);
    },
  };
}
