import { DomainError, newId } from "@parley/runtime";
import { buildConversation, buildTenant, buildTicket, buildUser } from "@parley/testing";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { mailQueue } from "../mail/index.ts";
import { mailStep } from "../sla-notices/index.ts";
import { createMailHandlers } from "./mail-handlers.ts";
import { APP_URL, openMailStage, type MailStage } from "./mail.fixture.ts";
import { reconcileMails } from "./reconcile-mails.ts";

const DUE_AT = new Date("2027-03-01T08:30:00Z");
const AWAITED_SINCE = new Date("2027-02-28T08:30:00Z");
const MINUTE_MS = 60_000;

let stage: MailStage;
let tenantId: string;
let ticketId: string;
let email: string;
let userId: string;
let stepId: string;

beforeAll(async () => {
  stage = await openMailStage();
});
afterAll(() => stage.close());
beforeEach(async () => {
  const { ctx } = stage;
  tenantId = (await buildTenant(ctx, { name: "Acme" })).id;
  email = `${newId()}@users.example`;
  userId = (await buildUser(ctx, { tenantId, email })).id;
  const conversation = await buildConversation(ctx, { tenantId });
  ticketId = (await buildTicket(ctx, conversation, { subject: "Broken in the post" })).id;
  stepId = newId();
  await write((tx) => tx.slaTicket.create({ data: { tenantId, ticketId, conversationId: conversation.id } }));
  await escalate();
});
afterEach(() => stage.onMail(null));

type Work<T> = (tx: Parameters<Parameters<MailStage["ctx"]["database"]["withSystem"]>[0]>[0]) => Promise<T>;
const write = <T>(work: Work<T>): Promise<T> => stage.ctx.database.withSystem(work);

/** An escalation is taken that notifies the member. */
function escalate(onBreach = true): Promise<void> {
  return write(async (tx) => {
    stepId = newId();
    const promise = { tenantId, ticketId, metric: "FIRST_RESPONSE", startedAt: AWAITED_SINCE } as const;
    await tx.slaStep.create({
      data: { ...promise, id: stepId, policyId: newId(), position: 0, dueAt: DUE_AT, onBreach, actions: [] },
    });
    await mailStep(stage.ctx, tx, { tenantId, stepId }, [userId]);
  });
}

const send = () => createMailHandlers(stage.mailContext).send_sla_notice({ tenantId, stepId, userId });
const jobs = async () => (await stage.ctx.jobsOn(mailQueue)).filter(({ id }) => id.includes(stepId));
const mailedAt = async () => (await write((tx) => tx.slaNotice.findFirstOrThrow({ where: { stepId } }))).mailedAt;

test("who is notified reads which promise is late, of which ticket, and where", async () => {
  await send();
  const [mail] = stage.mailsTo(email);
  expect(mail?.subject).toBe("Late: the first response to ticket 1 of Acme");
  expect(mail?.text).toContain("awaited since 2027-02-28 08:30 UTC");
  expect(mail?.text).toContain("late and still missing on 2027-03-01 08:30 UTC");
  expect(mail?.text).toContain("Broken in the post");
  expect(mail?.text).toContain(`${APP_URL}/tickets/${ticketId}`);
});

test("what only threatens to be late is said to", async () => {
  await escalate(false);
  await send();
  expect(stage.mailsTo(email)[0]?.subject).toBe("Soon late: the first response to ticket 1 of Acme");
});

test("an escalation is mailed once, however often that is asked for", async () => {
  await send();
  await send();
  expect(stage.mailsTo(email)).toHaveLength(1);
});

test.each<[string, () => Promise<unknown>]>([
  ["they have left", () => write((tx) => tx.membership.deleteMany({ where: { tenantId, userId } }))],
  [
    "the company was closed",
    () => write((tx) => tx.tenant.update({ where: { id: tenantId }, data: { status: "CLOSED" } })),
  ],
])("nobody is mailed when %s", async (_what, happens) => {
  await happens();
  await send();
  expect(stage.mailsTo(email)).toEqual([]);
});

test("a mail server that is away is asked again, one that refuses for good is not", async () => {
  stage.onMail(() => Promise.reject(new Error("the server is away")));
  await expect(send()).rejects.toThrow("away");
  expect(await mailedAt()).toBeNull();
  stage.onMail(() => Promise.reject(new DomainError("validation_failed", "No such mailbox.")));
  await expect(send()).rejects.toThrow("No such mailbox.");
  expect(await mailedAt()).toEqual(stage.ctx.clock.now());
});

test("a worker mails what an escalation tells", async () => {
  expect(await jobs()).toMatchObject([{ name: "send_sla_notice", payload: { tenantId, stepId, userId } }]);
});

test("an escalation whose mail lost its job has another, until it was mailed", async () => {
  const { ctx } = stage;
  const unmailed = { tenantId, userId, createdAt: ctx.clock.now() };
  const former = stepId;
  stepId = newId();
  await write(async (tx) => {
    const step = await tx.slaStep.findFirstOrThrow({ where: { id: former } });
    await tx.slaStep.create({ data: { ...step, id: stepId, position: 1, actions: [] } });
    await tx.slaNotice.create({ data: { ...unmailed, stepId } });
  });
  ctx.clock.advance(MINUTE_MS);
  await reconcileMails(ctx, MINUTE_MS);
  expect(await jobs()).toEqual([]);
  ctx.clock.advance(1);
  await reconcileMails(ctx, MINUTE_MS);
  expect(await jobs()).toHaveLength(1);
  const mailed = newId();
  await write(async (tx) => {
    const step = await tx.slaStep.findFirstOrThrow({ where: { id: former } });
    await tx.slaStep.create({ data: { ...step, id: mailed, position: 2, actions: [] } });
    await tx.slaNotice.create({ data: { ...unmailed, stepId: mailed, mailedAt: ctx.clock.now() } });
  });
  await reconcileMails(ctx, MINUTE_MS);
  stepId = mailed;
  expect(await jobs()).toEqual([]);
});
