import { setTimeout as sleep } from "node:timers/promises";
import type { Simulator } from "@parley/simulator";
import type { ApiClient } from "../harness/api-client.ts";
import { step } from "@parley/runtime";
import type { Reader } from "../harness/reader.ts";

/** A conversation that a customer has begun, and the token of an agent who may answer in it. */
export interface Thread {
  conversationId: string;
  token: string;
  phoneNumberId: string;
  /** As the simulator names them: digits, or a business-scoped user id. */
  customer: string;
}

const TENANTS = 2;
const INBOXES = 3;
const LIMIT_MS = 30_000;
/** Some customers have no phone number. */
const SHARE_WITHOUT_PHONE = 0.1;

/** Tenants and inboxes through the API, customers through the simulator, each with one message that waits for answers. */
export async function setUpDesk(
  api: ApiClient,
  simulator: Simulator,
  reader: Reader,
  threads: number,
): Promise<Thread[]> {
  const desks: { token: string; phoneNumberId: string }[] = [];
  for (let tenant = 0; tenant < TENANTS; tenant += 1) {
    const { accessToken: token } = await api.post<{ accessToken: string }>("/auth/register", {
      tenantName: `Drill ${tenant}`,
      email: `owner${tenant}@drill.example`,
      password: "a drill is no emergency",
      fullName: `Owner ${tenant}`,
    });
    for (let number = 0; number < INBOXES; number += 1) {
      const phoneNumberId = `20654000000${tenant}${number}`;
      const credentials = { accessToken: `token-of-${phoneNumberId}` };
      await api.post(
        "/inboxes",
        { name: `WhatsApp ${number}`, channel: "whatsapp", externalId: phoneNumberId, credentials },
        { token },
      );
      desks.push({ token, phoneNumberId });
    }
  }

  const wanted = Array.from({ length: threads }, (_empty, index) => {
    const desk = desks[index % desks.length];
    if (!desk) throw new Error("the drill has no inbox");
    const hasPhone = index % (1 / SHARE_WITHOUT_PHONE) !== 0;
    return { ...desk, customer: hasPhone ? `4916${100_000_000 + index}` : `FR.${5_000_000_000 + index}`, hasPhone };
  });
  return step("customers write", async () => {
    await Promise.all(
      wanted.map(({ phoneNumberId, customer, hasPhone }) =>
        simulator.deliverInbound({
          phoneNumberId,
          ...(hasPhone ? { from: customer } : { userId: customer }),
          text: "Hello?",
        }),
      ),
    );
    const conversations = await untilThere(reader, threads);
    return wanted.map(({ token, phoneNumberId, customer }) => {
      const conversationId = conversations.get(`${phoneNumberId} ${customer}`);
      if (conversationId === undefined) throw new Error(`${customer} has no conversation`);
      return { conversationId, token, phoneNumberId, customer };
    });
  });
}

const CONVERSATIONS = `
  select c.id, i.external_id || ' ' || ltrim(n.value, '+') as key
    from conversation c
    join inbox i on i.tenant_id = c.tenant_id and i.id = c.inbox_id
    join contact_identifier n on n.tenant_id = c.tenant_id and n.contact_id = c.contact_id`;

async function untilThere(reader: Reader, count: number): Promise<Map<string, string>> {
  const deadline = performance.now() + LIMIT_MS;
  for (;;) {
    const rows = await reader.rows<{ id: string; key: string }>(CONVERSATIONS);
    if (rows.length >= count) return new Map(rows.map((row) => [row.key, row.id]));
    if (performance.now() > deadline) throw new Error(`${rows.length} of ${count} conversations after ${LIMIT_MS} ms`);
    await sleep(100);
  }
}
