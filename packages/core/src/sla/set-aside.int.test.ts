import type { Prisma } from "@parley/db";
import { newId } from "@parley/runtime";
import { beforeEach, describe, expect, test } from "vitest";
import { openSlaDeskForEachTest, type SlaDesk } from "./sla-desk.fixture.ts";

let desk: SlaDesk;
openSlaDeskForEachTest((opened) => (desk = opened));

const inSystem = <T>(work: (tx: Prisma.TransactionClient) => Promise<T>) => desk.ctx.database.withSystem(work);

/** Something is in the ticket's log that nobody understands, as if another version had written it. */
async function spoil(ticketId: string): Promise<void> {
  const { tenantId } = desk;
  await inSystem((tx) =>
    tx.event.create({
      data: {
        tenantId,
        ticketId,
        type: "STATUS_CHANGED",
        actorType: "SYSTEM",
        data: { to: "nowhere" },
        createdAt: desk.ctx.clock.now(),
      },
    }),
  );
}

const failedAt = async (ticketId: string) =>
  (await inSystem((tx) => tx.slaTicket.findFirstOrThrow({ where: { ticketId } }))).failedAt;
const typesOf = async (ticketId: string) => (await desk.told(ticketId)).map(({ type }) => type);

let [spoilt, sound]: { id: string }[] = [];
const idOf = (ticket: { id: string } | undefined): string => ticket?.id ?? newId();

describe("a ticket whose log cannot be understood", () => {
  beforeEach(async () => {
    await desk.promise();
    [spoilt, sound] = [await desk.open(), await desk.open()];
  });

  test("keeps nobody else's timers from firing, and is not asked again and again", async () => {
    await desk.follow();
    await spoil(idOf(spoilt));
    desk.passMinutes(61);
    expect(await desk.fire()).toBe(2);
    expect(await typesOf(idOf(sound))).toEqual(["SLA_BREACHED"]);
    expect(await failedAt(idOf(spoilt))).toEqual(desk.ctx.clock.now());
    expect(await desk.fire()).toBe(0);
    desk.passMinutes(11);
    expect(await desk.fire()).toBe(1);
  });

  test("keeps nobody else's events from being followed", async () => {
    await spoil(idOf(spoilt));
    await desk.follow();
    expect(await desk.timers(idOf(spoilt))).toEqual([]);
    expect(await desk.timers(idOf(sound))).toHaveLength(2);
  });

  test("keeps neither what was lost nor a revision from going on", async () => {
    await spoil(idOf(spoilt));
    desk.passMinutes(1);
    await desk.reconcile();
    expect(await desk.timers(idOf(sound))).toHaveLength(2);
    await desk.judgeAll();
  });
});

test("rules that cannot be read keep no other company's tickets from being judged", async () => {
  const stranger = await desk.neighbour();
  await Promise.all([desk.promise(), stranger.promise()]);
  const [ours, theirs] = [await desk.open(), await stranger.open()];
  await Promise.all([desk.follow(), stranger.follow()]);
  const { tenantId } = stranger;
  await inSystem(async (tx) => {
    await tx.slaRevision.create({
      data: { tenantId, revision: 2, effectiveAt: desk.ctx.clock.now(), definition: { policies: "none" } },
    });
    await tx.slaRulebook.update({ where: { tenantId }, data: { revision: 2 } });
  });
  desk.passMinutes(61);
  await desk.fire();
  expect(await typesOf(ours.id)).toEqual(["SLA_BREACHED"]);
  expect(await stranger.told(theirs.id)).toEqual([]);
});
