import { actingAs } from "@parley/queue/testing";
import { buildInbox, buildTenant, buildUser, waitUntil } from "@parley/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { answerTicket } from "../messages/index.ts";
import { openOutboundStage, type OutboundStage } from "../outbound/outbound.fixture.ts";
import { changeTicket } from "../tickets/index.ts";
import { askSurvey, thankSurvey } from "./index.ts";

let stage: OutboundStage;
beforeAll(async () => {
  stage = await openOutboundStage();
});
afterAll(() => stage.close());

const FROM = "33600000001";
const QUESTION = "From 1 to 5?";
const THANKS = "Thank you!";

/** What the provider was given to send, once it has it. */
async function sent(text: string): Promise<{ id: string }> {
  const find = () => stage.simulator.ledger.accepted.find((message) => message.text === text);
  await waitUntil(async () => find() !== undefined, `"${text}" was sent`, 10_000);
  return { id: find()?.id ?? "" };
}

test("the question reaches the customer, whose answer comes back and is thanked for", async () => {
  const { ctx, simulator } = stage;
  const survey = { isEnabled: true, question: QUESTION, thanks: THANKS, delayMinutes: 0 };
  const { id: tenantId } = await buildTenant(stage.test, { survey });
  const { externalId } = await buildInbox(stage.test, { tenantId });
  const agent = actingAs(ctx, { userId: (await buildUser(stage.test, { tenantId })).id, tenantId });
  const phoneNumberId = externalId ?? "";

  await simulator.deliverInbound({ phoneNumberId, from: FROM, text: "Where is my order?" });
  const { id } = await ctx.database.withTenant(tenantId, (tx) => tx.ticket.findFirstOrThrow());
  await answerTicket(agent, { ticketId: id, body: "Here.", isInternal: false });
  await changeTicket(agent, { id, status: "CLOSED" });
  await ctx.database.withSystem((tx) => askSurvey(ctx, tx, { tenantId, subjectId: id, dueAt: ctx.clock.now() }));
  const question = await sent(QUESTION);
  const isSettled = () =>
    ctx.database.withTenant(tenantId, (tx) => tx.message.findFirst({ where: { externalId: question.id } }));
  await waitUntil(async () => (await isSettled()) !== null, "it is known that the question was sent", 10_000);

  await simulator.deliverInbound({
    phoneNumberId,
    from: FROM,
    text: "5️⃣",
    message: { context: { from: phoneNumberId, id: question.id } },
  });
  const ticket = await ctx.database.withTenant(tenantId, (tx) => tx.ticket.findFirstOrThrow());
  expect(ticket).toMatchObject({ status: "CLOSED", surveyScore: 5 });
  await ctx.database.withSystem((tx) => thankSurvey(ctx, tx, { tenantId, subjectId: id, dueAt: ctx.clock.now() }));
  await sent(THANKS);
});
