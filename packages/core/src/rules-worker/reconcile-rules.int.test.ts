import { waitUntil } from "@parley/testing";
import { expect, test } from "vitest";
import { RULE_EVENT_TYPES, rulesQueue } from "../rules-queue/index.ts";
import { reconcileRules } from "./reconcile-rules.ts";
import { withRuleDesk, type RuleDesk } from "./rule-desk.fixture.ts";

const STRANDED_MS = 60_000;

let desk: RuleDesk;
withRuleDesk((opened) => {
  desk = opened;
});

/** Redis forgets everything. */
async function loseJobs(): Promise<void> {
  await desk.ctx.jobsOn(rulesQueue);
  for (const queue of desk.ctx.publisher.queues()) await queue.obliterate({ force: true });
}
/** What the log holds back as long as a transaction is open anywhere on the server, comes when it has ended. */
const reconcileUntil = (isEnough: (brought: number) => boolean | Promise<boolean>): Promise<boolean> =>
  waitUntil(async () => isEnough(await reconcileRules(desk.ctx, STRANDED_MS)), "the check has come so far", 10_000);
const marks = () =>
  desk.ctx.database.withSystem((tx) => tx.aiHandledEvent.count({ where: { tenantId: desk.tenantId } }));

test("an event whose job was lost is brought to the rules again, until it is handled", async () => {
  await desk.rule();
  await desk.write("Hello");
  await loseJobs();
  expect(await reconcileRules(desk.ctx, STRANDED_MS)).toBe(0);
  desk.ctx.clock.advance(STRANDED_MS + 1_000);
  const lost = await desk.read((tx) => tx.event.count({ where: { type: { in: [...RULE_EVENT_TYPES] } } }));
  await reconcileUntil((brought) => brought === lost);
  await loseJobs();
  desk.ctx.clock.advance(STRANDED_MS);
  expect(await reconcileRules(desk.ctx, STRANDED_MS)).toBe(lost);
  expect(await desk.ctx.jobsOn(rulesQueue)).toHaveLength(1);
  await desk.run();
  expect(await desk.executions()).toHaveLength(1);
  desk.ctx.clock.advance(STRANDED_MS + 1_000);
  expect(await reconcileRules(desk.ctx, STRANDED_MS)).toBe(0);
});

test("what was handled is passed, and its mark forgotten", async () => {
  await desk.rule();
  await desk.hear("Hello");
  expect(await marks()).toBeGreaterThan(0);
  desk.ctx.clock.advance(STRANDED_MS + 1_000);
  await reconcileUntil(async () => (await marks()) === 0);
});

test("an event whose job has failed for good is brought again under another job", async () => {
  await desk.rule();
  await desk.write("Hello");
  const idsOf = async () =>
    (await desk.ctx.jobsOn(rulesQueue)).map(({ id }) => id).filter((id) => id.includes(desk.tenantId));
  const before = await idsOf();
  desk.ctx.clock.advance(STRANDED_MS + 1_000);
  await reconcileUntil((brought) => brought > 0);
  const after = await idsOf();
  expect(after).toHaveLength(before.length + 1);
  expect(after).toEqual(expect.arrayContaining(before));
});

test("an event that cannot be handled holds the check up for an hour and no longer", async () => {
  await desk.rule();
  await desk.write("Hello");
  await loseJobs();
  desk.ctx.clock.advance(3_600_000 + STRANDED_MS);
  await reconcileUntil((brought) => brought > 0);
  await loseJobs();
  expect(await reconcileRules(desk.ctx, STRANDED_MS)).toBe(0);
});
