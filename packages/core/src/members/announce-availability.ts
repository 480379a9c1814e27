import type { Prisma, Tx } from "@parley/db";
import { asEventActor, type RequestContext } from "../context/index.ts";
import { publishEvents } from "../events/index.ts";
import { toJsonEnum } from "../json/index.ts";

type Membership = Prisma.MembershipGetPayload<object>;

/** What decides about whether and how many tickets somebody is given. */
const FIELDS = ["availability", "capacity", "skills"] as const;

/** Tells the log, and so whoever assigns tickets, if what somebody can be given has changed. */
export async function announceAvailability(
  ctx: RequestContext,
  tx: Tx,
  before: Membership,
  after: Membership,
): Promise<void> {
  const changed = FIELDS.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
  if (changed.length === 0) return;
  const { tenantId, userId, capacity } = after;
  const data = { userId, changed, availability: toJsonEnum(after.availability), capacity };
  await publishEvents(ctx, tx, [{ tenantId, type: "AVAILABILITY_CHANGED", ...asEventActor(ctx.actor), data }]);
}
