import { createHmac } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Pool } from "undici";
import type { ApiClient } from "../harness/api-client.ts";
import type { Random } from "../harness/random.ts";
import type { Reader } from "../harness/reader.ts";
import { TARGETS, type SlaDesk } from "./set-up-desk.ts";

type Deed = "write" | "answer" | "answer_and_wait" | "answer_and_resolve";

/** What happens in one conversation, in its order. */
interface Story {
  desk: SlaDesk;
  customer: string;
  deeds: { atMs: number; what: Deed }[];
}

const RETRY_PAUSE_MS = 200;
const FIND_PAUSE_MS = 200;

export interface Play {
  done: Promise<void>;
  /** What the API would not do at all. */
  refused: readonly string[];
}

/** Customers write and agents answer, wait, and resolve; a customer who writes again reopens. */
export function planStories(random: Random, desks: readonly SlaDesk[], count: number, loadMs: number): Story[] {
  return Array.from({ length: count }, (_empty, index) => {
    const desk = desks[index % desks.length];
    if (!desk) throw new Error("the drill has no desk");
    const first = { atMs: random.int(0, loadMs * 0.6), what: "write" as const };
    const others = Array.from({ length: random.int(0, 7) }, () => ({
      atMs: random.int(first.atMs, loadMs),
      what: random.pick<Deed>(["write", "write", "answer", "answer", "answer_and_wait", "answer_and_resolve"]),
    }));
    const deeds = [first, ...others].toSorted((a, b) => a.atMs - b.atMs);
    return { desk, customer: `4917${100_000_000 + index}`, deeds };
  });
}

/** Tells the stories, each in its order, all of them side by side. */
export function playStories(
  stories: readonly Story[],
  { api, reader, apiUrl, appSecret }: { api: ApiClient; reader: Reader; apiUrl: string; appSecret: string },
): Play {
  const pool = new Pool(apiUrl, { connections: 16 });
  const refused: string[] = [];
  const startedAt = performance.now();

  async function write({ desk, customer }: Story, text: string): Promise<void> {
    const body = JSON.stringify(webhookOf(desk.phoneNumberId, customer, text));
    const signature = `sha256=${createHmac("sha256", appSecret).update(body).digest("hex")}`;
    const headers = { "content-type": "application/json", "x-hub-signature-256": signature };
    for (;;) {
      const status = await pool.request({ path: "/webhooks/whatsapp", method: "POST", headers, body }).then(
        async (answer) => {
          await answer.body.dump();
          return answer.statusCode;
        },
        () => 0,
      );
      if (status === 200) return;
      await sleep(RETRY_PAUSE_MS);
    }
  }

  async function tell(story: Story, index: number): Promise<void> {
    for (const [position, { atMs, what }] of story.deeds.entries()) {
      await sleep(Math.max(0, startedAt + atMs - performance.now()));
      if (what === "write") {
        await write(story, `Message ${index}-${position}`);
        continue;
      }
      const ticketId = await findTicket(reader, story.customer);
      const thenStatus = THEN[what];
      const message = { body: `Answer ${index}-${position}`, ...(thenStatus && { thenStatus }) };
      const options = { token: story.desk.token, key: `answer-${index}-${position}` };
      await api.post(`/tickets/${ticketId}/messages`, message, options).catch((error: unknown) => {
        const reason = String(error);
        // A ticket that has ended, or waits already, cannot wait: then it is an answer that was not given.
        if (!reason.includes("answered with 409")) refused.push(reason);
      });
    }
  }

  const done = Promise.all(stories.map(tell)).then(async () => {
    await pool.close();
  });
  return { done, refused };
}

const THEN: Record<Exclude<Deed, "write">, string | undefined> = {
  answer: undefined,
  answer_and_wait: "waiting_customer",
  answer_and_resolve: "resolved",
};

/** Somebody changes their mind about what is promised, now and then. */
export async function changeMinds(
  random: Random,
  desks: readonly SlaDesk[],
  api: ApiClient,
  loadMs: number,
): Promise<void> {
  const changes = desks.flatMap((desk) =>
    Array.from({ length: 4 }, () => ({
      desk,
      atMs: random.int(2_000, loadMs),
      factor: random.pick([0.5, 1, 1, 1.5, 2]),
    })),
  );
  const startedAt = performance.now();
  for (const { desk, atMs, factor } of changes.toSorted((a, b) => a.atMs - b.atMs)) {
    await sleep(Math.max(0, startedAt + atMs - performance.now()));
    const scaled = Object.entries(TARGETS).map(([field, seconds]) => [
      field,
      Math.max(1, Math.round(seconds * factor)),
    ]);
    await api.patch(`/sla/policies/${desk.policyId}`, { targets: { default: Object.fromEntries(scaled) } }, desk.token);
  }
}

/** The ticket of the customer's conversation, once there is one. */
async function findTicket(reader: Reader, customer: string): Promise<string> {
  for (;;) {
    const [row] = await reader
      .rows<{ id: string }>(
        `select t.id from ticket t
           join contact_identifier n on n.tenant_id = t.tenant_id and n.contact_id = t.contact_id
          where n.value = $1
          order by t.created_at desc limit 1`,
        [`+${customer}`],
      )
      .catch(() => []);
    if (row) return row.id;
    await sleep(FIND_PAUSE_MS);
  }
}

let messages = 0;

function webhookOf(phoneNumberId: string, from: string, text: string): object {
  messages += 1;
  const message = {
    from,
    id: `wamid.sla${messages}`,
    timestamp: String(Math.floor(Date.now() / 1_000)),
    type: "text",
    text: { body: text },
  };
  const value = {
    messaging_product: "whatsapp",
    metadata: { display_phone_number: "15550000000", phone_number_id: phoneNumberId },
    contacts: [{ profile: { name: `Customer ${from}` }, wa_id: from }],
    messages: [message],
  };
  return { object: "whatsapp_business_account", entry: [{ id: "1", changes: [{ value, field: "messages" }] }] };
}
