import { newId } from "@parley/runtime";
import type { TestContext } from "@parley/queue/testing";
import { buildInbox, buildRawEvent, buildTenant, type BuiltInbox } from "@parley/testing";
import { describe, expect, test } from "vitest";
import { applyRawEvents } from "./apply-raw-events.ts";
import { withFreshInbox } from "./fresh-inbox.fixture.ts";
import { change, deliver, payload, text } from "./webhook.fixture.ts";

let ctx: TestContext;
let inbox: BuiltInbox;
let number: string;

withFreshInbox((fresh) => ({ ctx, inbox, number } = fresh));

/** How the raw event of the platform's webhook with these changes is attributed. */
async function ownerOf(...changes: Parameters<typeof payload>): Promise<{ tenantId: string | null } | null> {
  const body = payload(...changes);
  await deliver(ctx, body);
  return ctx.database.withSystem((tx) =>
    tx.rawWebhookEvent.findFirst({
      where: { body: new Uint8Array(body) },
      select: { tenantId: true, inboxId: true },
    }),
  );
}

const message = () => change(number, { messages: [text("33600000001")] });
const nobody = { tenantId: null, inboxId: null };

describe("a payload that comes to the platform", () => {
  test("is its tenant's to read when every part of it names the tenant's numbers", async () => {
    const { tenantId, id: inboxId } = inbox;
    const odd = { ...text("33600000001"), timestamp: "soon" };
    const calls = { field: "calls", value: { metadata: { phone_number_id: number }, nonce: newId() } };
    expect(await ownerOf(message(), calls, change(number, { messages: [odd] }))).toEqual({ tenantId, inboxId });
    const second = await buildInbox(ctx, { tenantId });
    const both = [message(), change(second.externalId ?? "", { messages: [text("33600000001")] })];
    expect(await ownerOf(...both)).toEqual({ tenantId, inboxId: null });
  });

  test("is nobody's to read when a part of it that we set aside may be about others", async () => {
    const other = await buildInbox(ctx, { tenantId: (await buildTenant(ctx)).id });
    const theirs = { metadata: { phone_number_id: other.externalId }, history: [newId()] };
    for (const aside of [
      { field: "history", value: theirs },
      { field: "history", value: { metadata: { phone_number_id: "000" }, history: [] } },
      { field: "account_update", value: { event: "VERIFIED_ACCOUNT" } },
      { field: "messages", value: { contacts: [{ profile: { name: newId() } }] } },
      change(other.externalId ?? "", { messages: [{ ...text("33600000001"), timestamp: "soon" }] }),
    ]) {
      expect(await ownerOf(message(), aside)).toEqual(nobody);
      expect(await ownerOf(aside, message())).toEqual(nobody);
    }
  });
});

test("a payload that comes by an inbox's own URL stays its tenant's, whatever it speaks of", async () => {
  const { tenantId, id: inboxId } = inbox;
  const body = payload({ field: "account_update", value: { nonce: newId() } }).toString();
  const { id } = await buildRawEvent(ctx, {
    status: "RECEIVED",
    appliedAt: null,
    source: inboxId,
    tenantId,
    inboxId,
    body,
  });
  await applyRawEvents(ctx, [id]);
  const event = await ctx.database.withSystem((tx) => tx.rawWebhookEvent.findUniqueOrThrow({ where: { id } }));
  expect(event).toMatchObject({ status: "IGNORED", tenantId, inboxId });
});

test("a payload that speaks of two tenants is applied for both and shown to neither", async () => {
  const other = await buildInbox(ctx, { tenantId: (await buildTenant(ctx)).id });
  const body = payload(
    change(number, { messages: [text("33600000001")] }),
    change(other.externalId ?? "", { messages: [text("33600000001")] }),
  );
  await deliver(ctx, body);
  for (const tenantId of [inbox.tenantId, other.tenantId]) {
    expect(await ctx.database.withTenant(tenantId, (tx) => tx.message.count())).toBe(1);
    expect(await ctx.database.withTenant(tenantId, (tx) => tx.rawWebhookEvent.count())).toBe(0);
  }
});
