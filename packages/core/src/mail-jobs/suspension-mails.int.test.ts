import { DomainError, newId } from "@parley/runtime";
import { buildTenant, buildUser } from "@parley/testing";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { findUnmailedSuspensions, tellSuspension } from "../rule-suspensions/index.ts";
import { mailQueue } from "../mail/index.ts";
import { createMailHandlers } from "./mail-handlers.ts";
import { APP_URL, openMailStage, type MailStage } from "./mail.fixture.ts";
import { reconcileMails } from "./reconcile-mails.ts";

const HOUR_MS = 3_600_000;
const SUSPENDED_AT = new Date("2027-03-01T08:30:00Z");

let stage: MailStage;
let tenantId: string;
let ruleId: string;
let email: string;
let userId: string;

beforeAll(async () => {
  stage = await openMailStage();
});
afterAll(() => stage.close());
beforeEach(async () => {
  tenantId = (await buildTenant(stage.ctx, { name: "Acme" })).id;
  ruleId = newId();
  email = `${newId()}@users.example`;
  userId = (await buildUser(stage.ctx, { tenantId, role: "ADMIN", email })).id;
  await write((tx) =>
    tx.aiRule.create({
      data: {
        tenantId,
        id: ruleId,
        name: "Late parcels",
        trigger: "INCOMING_MESSAGE",
        executionMode: "AUTO_EXECUTE",
        conditions: { all: [] },
        actions: [],
        suspendedAt: SUSPENDED_AT,
        suspendedReason: "There is no team with this id.",
      },
    }),
  );
  await write((tx) => tellSuspension(stage.ctx, tx, { tenantId, ruleId, suspendedAt: SUSPENDED_AT }));
});

type Work = Parameters<MailStage["ctx"]["database"]["withSystem"]>[0];
const write = (work: Work) => stage.ctx.database.withSystem(work);
const send = () =>
  createMailHandlers(stage.mailContext).send_suspension({
    tenantId,
    ruleId,
    userId,
    suspendedAt: SUSPENDED_AT.getTime(),
  });

test("a suspended rule is made known with its name, the reason and what to do", async () => {
  await send();
  const [mail] = stage.mailsTo(email);
  expect(mail?.subject).toBe("A rule of Acme was suspended: Late parcels");
  expect(mail?.text).toContain("2027-03-01 08:30 UTC");
  expect(mail?.text).toContain("There is no team with this id.");
  expect(mail?.text).toContain(APP_URL);
});

test.each<[string, () => Promise<unknown>]>([
  [
    "the rule was resumed",
    () => write((tx) => tx.aiRule.updateMany({ where: { tenantId }, data: { suspendedAt: null } })),
  ],
  [
    "the rule was suspended anew",
    () => write((tx) => tx.aiRule.updateMany({ where: { tenantId }, data: { suspendedAt: new Date() } })),
  ],
  ["the rule was deleted", () => write((tx) => tx.aiRule.deleteMany({ where: { tenantId } }))],
  [
    "they run the company no more",
    () => write((tx) => tx.membership.updateMany({ where: { tenantId, userId }, data: { role: "AGENT" } })),
  ],
  [
    "the company was closed",
    () => write((tx) => tx.tenant.update({ where: { id: tenantId }, data: { status: "CLOSED" } })),
  ],
])("nobody is mailed when %s", async (_what, happens) => {
  await happens();
  await send();
  expect(stage.mailsTo(email)).toEqual([]);
});

test("a worker mails what a suspension tells", async () => {
  const told = (await stage.ctx.jobsOn(mailQueue)).filter(({ id }) => id.includes(ruleId));
  expect(told).toMatchObject([{ name: "send_suspension", payload: { tenantId, ruleId, userId } }]);
});

const notices = () => stage.ctx.database.withSystem((tx) => tx.aiSuspensionNotice.findMany({ where: { tenantId } }));
/** How many jobs of this rule are brought again, an hour later. */
async function reconciled(): Promise<number> {
  const { ctx } = stage;
  ctx.clock.set(new Date(SUSPENDED_AT.getTime() + HOUR_MS));
  const found = await ctx.database.withSystem((tx) => findUnmailedSuspensions(tx, ctx.clock.now()));
  await reconcileMails(ctx, HOUR_MS / 2);
  return found.filter((row) => JSON.stringify(row).includes(ruleId)).length;
}

test("a mail whose job was lost with Redis is found again, until it has left", async () => {
  expect(await reconciled()).toBe(1);
  expect(await notices()).toMatchObject([{ userId, mailedAt: null }]);
  await send();
  expect(stage.mailsTo(email)).toHaveLength(1);
  expect(await notices()).toMatchObject([{ userId, mailedAt: stage.ctx.clock.now() }]);
  expect(await reconciled()).toBe(0);
  await send();
  expect(stage.mailsTo(email)).toHaveLength(1);
});

test("a mail that could not be handed over is tried again, one that is refused for good is not", async () => {
  stage.onMail(() => Promise.reject(new Error("the mail server is away")));
  await expect(send()).rejects.toThrow("the mail server is away");
  expect(await reconciled()).toBe(1);
  stage.onMail(() => Promise.reject(new DomainError("validation_failed", "the address is refused")));
  await expect(send()).rejects.toThrow("the address is refused");
  expect(await reconciled()).toBe(0);
  stage.onMail(null);
});

test("who need not be told any more is forgotten, and told again of the next suspension", async () => {
  await write((tx) => tx.aiRule.updateMany({ where: { tenantId }, data: { suspendedAt: null } }));
  await send();
  expect([await notices(), await reconciled()]).toEqual([[], 0]);
  const suspendedAt = new Date(SUSPENDED_AT.getTime() + 60_000);
  await write(async (tx) => {
    await tx.aiRule.updateMany({ where: { tenantId }, data: { suspendedAt } });
    await tellSuspension(stage.ctx, tx, { tenantId, ruleId, suspendedAt });
  });
  expect(await reconciled()).toBe(1);
});
