import { request } from "undici";
import type { BenchDatabase } from "../../setting/bench-database.ts";
import { benchId } from "../../world/bench-ids.ts";
import { seedAgents, signInAgent } from "../../world/seed-agents.ts";

/** Somebody who is signed in to the tenant of the first inbox and looks at its conversations. */
export interface Agent {
  /** Whether the message with this provider id is among the newest of the contact's conversation. */
  sees(contact: number, externalId: string): Promise<boolean>;
}

const NEWEST = 5;

export async function openAgent(database: BenchDatabase, url: string): Promise<Agent> {
  await seedAgents(database, { count: 1, cost: 4 });
  const headers = { authorization: `Bearer ${await signInAgent(url)}` };

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
