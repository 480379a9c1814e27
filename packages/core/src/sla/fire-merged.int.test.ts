import { actingAs } from "@parley/queue/testing";
import { expect, test } from "vitest";
import { sendMessage } from "../messages/index.ts";
import { mergeTickets } from "../tickets/index.ts";
import { fireDue } from "./fire-due.ts";
import { holdConversation, MINUTE_MS, openSlaDeskForEachTest, type SlaDesk } from "./sla-desk.fixture.ts";

let desk: SlaDesk;
openSlaDeskForEachTest((opened) => (desk = opened));

const manager = () => actingAs(desk.ctx, { userId: desk.agentId, tenantId: desk.tenantId, role: "MANAGER" });

/** Tickets with a customer each, of which the first was merged into the second. */
async function mergedPair(): Promise<{ source: Opened; target: Opened; other: Opened }> {
  await desk.promise();
  const [source, target, other] = [await desk.open(), await desk.open(), await desk.open()];
  await mergeTickets(manager(), { id: source.id, intoTicketId: target.id });
  await desk.follow();
  desk.passMinutes(59);
  return { source, target, other };
}

type Opened = Awaited<ReturnType<SlaDesk["open"]>>;

test("nothing is missed while somebody writes in the conversation of a ticket that was merged into it", async () => {
  const { source, target, other } = await mergedPair();
  desk.ctx.clock.advance(MINUTE_MS + 500);
  const letGo = await holdConversation(desk, source.conversation.id);
  expect(await fireDue(desk.ctx)).toEqual({ count: 1, isBusy: true });
  expect(await desk.told(target.id)).toEqual([]);
  expect(await desk.told(other.id)).toMatchObject([{ type: "SLA_BREACHED" }]);
  await letGo();
  expect(await fireDue(desk.ctx)).toEqual({ count: 1, isBusy: false });
  expect(await desk.told(target.id)).toMatchObject([{ type: "SLA_BREACHED" }]);
});

test("an answer there is one to the ticket, and no breach is told before it", async () => {
  const { source, target } = await mergedPair();
  const message = { type: "text" as const, text: "Hello", isInternal: false };
  await sendMessage(manager(), { conversationId: source.conversation.id, ...message });
  desk.passMinutes(2);
  await desk.fire();
  await desk.follow();
  expect((await desk.timers(target.id))[0]).toMatchObject({ metric: "FIRST_RESPONSE", state: "MET" });
  expect(await desk.told(target.id)).toEqual([]);
});
