import { newId } from "@parley/runtime";
import { expect, test } from "vitest";
import { applyTicketChange, asSystem, lockTicket } from "../tickets/index.ts";
import { createTimerHandlers } from "../timers/index.ts";
import { onlyTimers } from "../timers/only-timers.fixture.ts";
import { createAutoClose } from "./auto-close.ts";
import { openSlaDeskForEachTest, type SlaDesk } from "./sla-desk.fixture.ts";

let desk: SlaDesk;
openSlaDeskForEachTest((opened) => (desk = opened));

const cause = { executionId: newId(), rules: [newId()] };

/** The ticket waits for the customer, because a rule says so or somebody does; a day later it is closed. */
async function closeAfterSilence(byRule: boolean): Promise<unknown> {
  const { ctx, tenantId } = desk;
  await desk.revise((tx) =>
    tx.autoCloseRule.create({
      data: { tenantId, status: "WAITING_CUSTOMER", afterSeconds: 24 * 3_600, closesAs: "RESOLVED" },
    }),
  );
  const { id } = await desk.open();
  await desk.answer(id);
  await ctx.database.withSystem(async (tx) => {
    const acting = byRule ? { ...ctx, cause } : ctx;
    const locked = await lockTicket(tx, tenantId, id);
    await applyTicketChange(acting, tx, locked, { status: "WAITING_CUSTOMER" }, asSystem("test"));
  });
  await desk.follow();
  desk.passMinutes(24 * 60);
  const { fire_timer: fire } = createTimerHandlers(ctx, onlyTimers({ auto_close: createAutoClose(ctx.books) }));
  await fire({ tenantId, kind: "auto_close", subjectId: id, dueAt: 0 });
  const [closed] = await ctx.database.withTenant(tenantId, (tx) =>
    tx.event.findMany({ where: { ticketId: id, type: "STATUS_CHANGED" }, orderBy: { seq: "desc" } }),
  );
  expect(closed?.data).toMatchObject({ to: "resolved" });
  return closed?.cause;
}

test("a ticket that waits because of a rule is closed as the rule's doing", async () => {
  expect(await closeAfterSilence(true)).toEqual(cause);
});

test("one that waits because somebody said so is not", async () => {
  expect(await closeAfterSilence(false)).toBeNull();
});
