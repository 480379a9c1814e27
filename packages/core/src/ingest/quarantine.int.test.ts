import { randomBytes } from "node:crypto";
import { newId } from "@parley/runtime";
import type { TestContext } from "@parley/queue/testing";
import { buildInbox, type BuiltInbox } from "@parley/testing";
import { Client } from "pg";
import { describe, expect, test } from "vitest";
import { applyRawEvents } from "./apply-raw-events.ts";
import { withFreshInbox } from "./fresh-inbox.fixture.ts";
import { accept, change, deliver, payload, rawEvents, text } from "./webhook.fixture.ts";

let ctx: TestContext;
let inbox: BuiltInbox;
let number: string;

const { messages } = withFreshInbox((fresh) => ({ ctx, inbox, number } = fresh));

async function asOwner(sql: string): Promise<void> {
  const owner = new Client({ connectionString: ctx.urls.ownerUrl });
  await owner.connect();
  await owner.query(sql);
  await owner.end();
}

describe("what cannot be applied", () => {
  test("for an unknown number is quarantined, shown to nobody, and applied once the inbox exists", async () => {
    const unknown = String(Date.now()).padStart(15, "9");
    const body = payload(
      change(unknown, { messages: [text("33600000001")] }),
      change(number, { messages: [text("33600000001")] }),
    );
    await deliver(ctx, body);
    expect(await rawEvents(ctx, [body])).toMatchObject([{ status: "QUARANTINED", reason: "unknown_inbox" }]);
    expect(await messages()).toHaveLength(1);
    expect(await ctx.database.withTenant(inbox.tenantId, (tx) => tx.rawWebhookEvent.count())).toBe(0);

    await buildInbox(ctx, { tenantId: inbox.tenantId, externalId: unknown });
    const [event] = await rawEvents(ctx, [body]);
    await ctx.database.withSystem((tx) =>
      tx.rawWebhookEvent.update({ where: { id: event?.id ?? "" }, data: { status: "RECEIVED" } }),
    );
    await applyRawEvents(ctx, [event?.id ?? ""]);
    expect(await rawEvents(ctx, [body])).toMatchObject([{ status: "APPLIED" }]);
    expect(await messages()).toHaveLength(2);
  });

  test("is isolated: its neighbours in the batch are applied, and what it says is not told", async () => {
    const bodies = ["one", "poison", "two", "three"].map((body) =>
      payload(change(number, { messages: [text("33600000001", { body })] })),
    );
    await asOwner(
      "alter table message add constraint no_such_text check (content ->> 'text' is distinct from 'poison')",
    );
    await deliver(ctx, ...bodies);
    await asOwner("alter table message drop constraint no_such_text");
    const results = await Promise.all(bodies.map((body) => rawEvents(ctx, [body])));
    expect(results.flat().map((event) => event.status)).toEqual(["APPLIED", "QUARANTINED", "APPLIED", "APPLIED"]);
    expect(results[1]).toMatchObject([{ reason: "could not be applied: 23514 no_such_text" }]);
    expect(await messages()).toHaveLength(3);
  });

  test("because a provider's id is longer than an index can hold is isolated as well", async () => {
    const endless = text("33600000001", { id: randomBytes(8_000).toString("hex") });
    const bodies = [endless, text("33600000001")].map((message) => payload(change(number, { messages: [message] })));
    await deliver(ctx, ...bodies);
    const results = await Promise.all(bodies.map((body) => rawEvents(ctx, [body])));
    expect(results.flat()).toMatchObject([
      { status: "QUARANTINED", reason: "could not be applied: 54000" },
      { status: "APPLIED" },
    ]);
  });

  test.each([
    ["a grant is missing", "revoke insert on message from parley_system", "grant insert on message to parley_system"],
    ["a column is missing", "alter table message rename content to body", "alter table message rename body to content"],
  ])("because %s is no fault of its own: it waits, and is applied later", async (_what, harm, repair) => {
    const body = payload(change(number, { messages: [text("33600000001")] }));
    const [event] = await accept(ctx, [body]);
    await asOwner(harm);
    await expect(applyRawEvents(ctx, [event?.id ?? ""])).rejects.toMatchObject({ code: "unavailable" });
    await asOwner(repair);
    expect(await rawEvents(ctx, [body])).toMatchObject([{ status: "RECEIVED" }]);
    await applyRawEvents(ctx, [event?.id ?? ""]);
    expect(await rawEvents(ctx, [body])).toMatchObject([{ status: "APPLIED" }]);
  });

  test("because it is no payload is quarantined with the reason", async () => {
    const body = Buffer.from(`{"hello":"${newId()}"}`);
    await deliver(ctx, body);
    expect(await rawEvents(ctx, [body])).toMatchObject([{ status: "QUARANTINED", reason: "not_a_whatsapp_payload" }]);
  });
});
