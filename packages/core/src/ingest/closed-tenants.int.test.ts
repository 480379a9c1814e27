import { newId } from "@parley/runtime";
import { actingAs, type TestContext } from "@parley/queue/testing";
import { buildConversation, buildInbox, buildMessage, buildTenant, type BuiltInbox } from "@parley/testing";
import { expect, test } from "vitest";
import { listRawEvents, listRawEventsQuery, replayRawEvent } from "../raw-events/index.ts";
import { changeTenant } from "../tenants/index.ts";
import { applyRawEvents } from "./apply-raw-events.ts";
import { withFreshInbox } from "./fresh-inbox.fixture.ts";
import { change, deliver, payload, rawEvents, status, text } from "./webhook.fixture.ts";

let ctx: TestContext;
let inbox: BuiltInbox;
let number: string;

const { messages, contacts } = withFreshInbox((fresh) => ({ ctx, inbox, number } = fresh));

const platform = () => actingAs(ctx, { userId: newId(), tenantId: null, isSuperAdmin: true });
const become = (wanted: "ACTIVE" | "SUSPENDED" | "CLOSED") =>
  changeTenant(platform(), { id: inbox.tenantId, status: wanted });
const fromCustomer = (): Buffer => payload(change(number, { messages: [text("33600000001")] }));

test("what arrives for a closed tenant is kept, and applied once when it is replayed after it is open again", async () => {
  await become("CLOSED");
  const body = fromCustomer();
  await deliver(ctx, body);
  expect(await rawEvents(ctx, [body])).toMatchObject([{ status: "QUARANTINED", reason: "tenant_closed" }]);
  expect([await messages(), await contacts()]).toEqual([[], []]);

  const { tenantId } = inbox;
  const admin = actingAs(ctx, { userId: newId(), tenantId, role: "ADMIN" });
  const { data } = await listRawEvents(admin, listRawEventsQuery.parse({ status: "quarantined" }));
  expect(data).toMatchObject([{ reason: "tenant_closed", inboxId: inbox.id }]);
  const id = data[0]?.id ?? "";

  // Replayed too early, it waits again.
  await replayRawEvent(admin, { id });
  await applyRawEvents(ctx, [id]);
  expect(await rawEvents(ctx, [body])).toMatchObject([{ status: "QUARANTINED", reason: "tenant_closed" }]);

  await become("ACTIVE");
  for (let time = 1; time <= 2; time += 1) {
    await replayRawEvent(admin, { id });
    await applyRawEvents(ctx, [id]);
    expect(await rawEvents(ctx, [body])).toMatchObject([{ status: "APPLIED", reason: null }]);
    expect(await messages()).toHaveLength(1);
  }
});

test("a status for a closed tenant changes nothing until it is replayed", async () => {
  const conversation = await buildConversation(ctx, { tenantId: inbox.tenantId, inboxId: inbox.id });
  const sent = await buildMessage(ctx, conversation, { direction: "OUTBOUND", status: "SENT" });
  await become("CLOSED");
  const body = payload(change(number, { statuses: [status(sent.externalId ?? "", "read")] }));
  await deliver(ctx, body);
  expect(await rawEvents(ctx, [body])).toMatchObject([{ status: "QUARANTINED", reason: "tenant_closed" }]);
  expect(await messages()).toMatchObject([{ status: "SENT" }]);
});

test("others that a payload speaks of are served, and its parts for the closed tenant are applied by the replay", async () => {
  const open = await buildInbox(ctx, { tenantId: (await buildTenant(ctx)).id });
  const countTheirs = () => ctx.database.withTenant(open.tenantId, (tx) => tx.message.count());
  await become("CLOSED");
  const body = payload(
    change(number, { messages: [text("33600000001")] }),
    change(open.externalId ?? "", { messages: [text("33600000001")] }),
    change("000", { messages: [text("33600000001")] }),
  );
  await deliver(ctx, body);
  const [event] = await rawEvents(ctx, [body]);
  expect(event).toMatchObject({ status: "QUARANTINED", reason: "tenant_closed, unknown_inbox" });
  expect([await messages(), await countTheirs()]).toEqual([[], 1]);

  await become("ACTIVE");
  const id = event?.id ?? "";
  await replayRawEvent(platform(), { id });
  await applyRawEvents(ctx, [id]);
  expect(await rawEvents(ctx, [body])).toMatchObject([{ status: "QUARANTINED", reason: "unknown_inbox" }]);
  expect([(await messages()).length, await countTheirs()]).toEqual([1, 1]);
});

test("a suspended tenant still receives", async () => {
  await become("SUSPENDED");
  const body = fromCustomer();
  await deliver(ctx, body);
  expect(await rawEvents(ctx, [body])).toMatchObject([{ status: "APPLIED" }]);
  expect(await messages()).toHaveLength(1);
});
