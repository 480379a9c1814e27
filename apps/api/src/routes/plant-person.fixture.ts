import { randomBytes } from "node:crypto";
import { createContactImportHandlers } from "@parley/core/contact-imports";
import { createIngestHandlers } from "@parley/core/ingest";
import { newId } from "@parley/runtime";
import { buildInbox, unusedPhone } from "@parley/testing";
import { TEST_WHATSAPP, type TestApi } from "../api.fixture.ts";
import type { Client, Desk } from "./desk.fixture.ts";
import { deliver, storedWith } from "./webhook.fixture.ts";

/** Somebody with a word that stands in everything that is theirs, and a number. */
export interface Person {
  word: string;
  phone: string;
  contactId: string;
}

export interface Stage {
  api: TestApi;
  desk: Desk;
  admin: Client;
  adminId: string;
  /** The company's. */
  account: string;
}

export async function openStage(api: TestApi, desk: Desk, admin: Client, adminId: string): Promise<Stage> {
  const { externalId } = await buildInbox(api.context, { tenantId: desk.tenant.id });
  const other = await admin.post("/ticket-attributes", { key: "floor", label: "Floor", type: "text" });
  const own = await admin.post("/contact-attributes", { key: "tier", label: "Tier", type: "text" });
  if (other.status + own.status !== 402) throw new Error("the attributes were not made");
  return { api, desk, admin, adminId, account: externalId ?? "" };
}

const metadata = (account: string) => ({ phone_number_id: account, display_phone_number: "15550001" });
const change = (account: string, value: object) => ({
  field: "messages",
  value: { messaging_product: "whatsapp", metadata: metadata(account), ...value },
});

/** What people send, as one webhook. */
export function saying(account: string, people: readonly Pick<Person, "word" | "phone">[]): object {
  const at = String(Math.floor(Date.now() / 1_000));
  return change(account, {
    contacts: people.map(({ word, phone }) => ({ wa_id: phone.slice(1), profile: { name: `Name ${word}` } })),
    messages: people.flatMap(({ word, phone }) => [
      {
        from: phone.slice(1),
        id: `wamid.${word}.${newId()}`,
        timestamp: at,
        type: "text",
        text: { body: `Text ${word}` },
      },
      {
        from: phone.slice(1),
        id: `wamid.${word}.${newId()}`,
        timestamp: at,
        type: "document",
        document: {
          id: `media-${word}`,
          mime_type: "application/pdf",
          filename: `${word}.pdf`,
          caption: `Caption ${word}`,
        },
      },
    ]),
  });
}

/** Sends changes as Meta does, and applies them. */
export async function arrive({ context, app }: TestApi, ...changes: object[]): Promise<void> {
  const body = JSON.stringify({ object: "whatsapp_business_account", entry: [{ id: newId(), changes }] });
  const answer = await deliver(app, { body, secret: TEST_WHATSAPP.appSecret });
  if (answer.statusCode !== 200) throw new Error(answer.body);
  const stored = await storedWith({ context } as TestApi, body);
  await createIngestHandlers(context).apply_raw_events({ rawEventIds: stored.map(({ id }) => id) });
}

export function newPerson(): Pick<Person, "word" | "phone"> {
  return { word: `kanari${randomBytes(6).toString("hex")}`, phone: unusedPhone() };
}

async function expectOk(answer: Promise<{ status: number; body: unknown }>): Promise<void> {
  const { status, body } = await answer;
  if (status >= 300) throw new Error(JSON.stringify(body));
}

/** The company's own word: it says nothing of a person, and stays. */
export const CAMPAIGN = "Spring sale";

/** Puts somebody's word wherever a person's data can land: by the API and webhooks, or as workers would have written it. */
export async function plantPerson(stage: Stage, { word, phone }: Pick<Person, "word" | "phone">): Promise<Person> {
  const { api, desk, admin, account } = stage;
  const tenantId = desk.tenant.id;
  await arrive(api, saying(account, [{ word, phone }]));
  const contactId = (await admin.get(`/contacts/lookup?phone=${encodeURIComponent(phone)}`)).body.data[0].id as string;
  const profile = { name: `Name ${word}`, email: `${word}@customers.example`, tags: [word], metadata: { of: word } };
  await expectOk(admin.patch(`/contacts/${contactId}`, { ...profile, attributes: { tier: word } }));
  const [conversation] = (await admin.get("/conversations?limit=200")).body.data.filter(
    (each: { contact: { id: string } }) => each.contact.id === contactId,
  );
  const conversationId = conversation.id as string;
  const tickets = (await admin.get("/tickets?limit=200")).body.data as { id: string; contactId: string }[];
  const ticketId = tickets.find((ticket) => ticket.contactId === contactId)?.id ?? "";
  const values = { subject: `Subject ${word}`, orderRef: `FR-${word}`, attributes: { floor: word } };
  await expectOk(admin.patch(`/tickets/${ticketId}`, values));
  const to = `/conversations/${conversationId}/messages`;
  await expectOk(admin.post(to, { type: "text", text: `Note ${word}`, isInternal: true }));
  await expectOk(
    admin.post(to, { type: "text", text: `Answer ${word}`, campaign: CAMPAIGN }, { "idempotency-key": newId() }),
  );
  await expectOk(
    admin.post(to, { type: "text", text: `Later ${word}`, sendAt: new Date(Date.now() + 86_400_000).toISOString() }),
  );
  await expectOk(admin.put(`/conversations/${conversationId}/draft`, { body: `Draft ${word}` }));
  const csv = `email,phone,name\nnot an address,${phone},${word}\n${word}.other@customers.example,${phone},${word}\n`;
  for (const dryRun of [false, true]) {
    const made = await admin.post("/contacts/import", { csv, dryRun });
    await createContactImportHandlers(api.context).run_part({ tenantId, importId: made.body.data.id, rows: 0 });
  }
  const merged = newPerson();
  const source = await admin.post("/contacts", {
    name: `Merged ${word}`,
    identifiers: [{ type: "whatsapp", value: merged.phone }],
  });
  await arrive(api, saying(account, [{ word, phone: merged.phone }]));
  await expectOk(admin.post(`/contacts/${contactId}/merge`, { sourceId: source.body.data.id }));
  await plantOfWorkers(stage, { word, phone, contactId }, { conversationId, ticketId });
  return { word, phone, contactId };
}

/** What only workers write. */
async function plantOfWorkers(
  { api, desk, adminId }: Stage,
  { word, phone, contactId }: Person,
  { conversationId, ticketId }: { conversationId: string; ticketId: string },
): Promise<void> {
  const tenantId = desk.tenant.id;
  await api.context.database.withSystem(async (tx) => {
    const { id: messageId, inboxId } = await tx.message.findFirstOrThrow({
      where: { conversationId, direction: "INBOUND" },
    });
    const failed = await tx.message.findFirstOrThrow({ where: { conversationId, status: "QUEUED" } });
    const attachment = await tx.messageAttachment.findFirstOrThrow({ where: { message: { conversationId } } });
    const bytes = new Uint8Array(Buffer.from(`Bytes of ${word}`));
    await tx.messageAttachment.updateMany({
      where: { id: attachment.id },
      data: { state: "STORED", size: bytes.length, sha256: word, nextFetchAt: null },
    });
    await tx.mediaChunk.create({ data: { tenantId, attachmentId: attachment.id, position: 0, bytes } });
    const error = { code: "131026", title: `To ${word}`, detail: `To ${phone}`, retryable: false };
    const requestedAt = new Date();
    await tx.message.updateMany({
      where: { id: failed.id },
      data: { status: "FAILED", error, externalId: `wamid.${word}` },
    });
    await tx.outboundAttempt.create({
      data: {
        tenantId,
        id: newId(),
        messageId: failed.id,
        number: 1,
        state: "REFUSED",
        externalId: word,
        error,
        requestedAt,
      },
    });
    const understood = {
      sentiment: "neutral",
      sentimentScore: 0,
      intent: "other",
      intentConfidence: 0.5,
      urgency: "normal",
    };
    const entities = [{ type: "order_number", value: word }];
    await tx.messageUnderstanding.create({
      data: { tenantId, messageId, ...understood, wantsHuman: false, entities, source: "local" },
    });
    const executionId = newId();
    await tx.aiRuleExecution.create({
      data: {
        tenantId,
        id: executionId,
        ruleId: newId(),
        version: 1,
        eventSeq: BigInt(Date.now()) * 1_000n + BigInt(word.length),
        trigger: "INCOMING_MESSAGE",
        outcome: "FAILED",
        conversationId,
        ticketId,
        messageId,
        failing: { path: "all.0", field: "contact.name", operator: "equals", expected: "x", actual: word },
        error: { code: "conflict", message: `Because of ${word}` },
      },
    });
    await tx.aiSkippedRules.create({
      data: {
        tenantId,
        id: `${newId().slice(0, -4)}0000`,
        eventSeq: BigInt(Date.now()) * 1_000n + BigInt(word.length),
        trigger: "INCOMING_MESSAGE",
        ruleIds: [newId(), newId()],
        details: [
          [1, "own_doing"],
          [1, "condition", "all.0", word],
        ],
        conversationId,
        ticketId,
        messageId,
      },
    });
    await tx.aiActionReceipt.create({
      data: { tenantId, executionId, position: 0, type: "set_subject", effect: { from: null, to: word } },
    });
    await tx.aiResponseDraft.create({
      data: {
        tenantId,
        id: newId(),
        conversationId,
        ticketId,
        text: `Hello ${word}`,
        sources: [{ id: newId(), title: word }],
      },
    });
    await tx.ticketValueChange.createMany({
      data: [
        { tenantId, ticketId, txid: BigInt(Date.now()), oldValues: { subject: word }, newValues: { subject: word } },
      ],
    });
    await tx.heldUpdate.create({
      data: {
        tenantId,
        inboxId,
        externalId: `wamid.${word}.held`,
        kind: "STATUS",
        variant: "sent",
        payload: { recipient: phone, text: word },
        occurredAt: requestedAt,
      },
    });
    await tx.conversation.update({
      where: { tenantId_id: { tenantId, id: conversationId } },
      data: { externalThreadId: word },
    });
    await tx.contactImportKey.create({
      data: {
        tenantId,
        type: "EMAIL",
        value: `${word}@customers.example`,
        contactId,
        importId: (await tx.contactImport.findFirstOrThrow({ where: { tenantId, createdBy: adminId } })).id,
      },
    });
  });
}
