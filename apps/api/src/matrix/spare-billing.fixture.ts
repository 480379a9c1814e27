import type { TestApi } from "../api.fixture.ts";
import type { Spare } from "./aim.fixture.ts";
import { firstDayOf, seedInvoice } from "./seed-billing.fixture.ts";
import type { SeededTenant } from "./seed-tenant.fixture.ts";

/** Its months are named as if they were to come: those before them are the seeds', and of nobody is the last. */
const LAST = Date.UTC(2098, 11);
const MONTHS = 800;
let spared = 0;

function nextMonth(): string {
  const last = new Date(LAST);
  const month = new Date(Date.UTC(last.getUTCFullYear(), last.getUTCMonth() - (spared % MONTHS)));
  spared += 1;
  return month.toISOString().slice(0, "2001-01".length);
}

/** A month that is over and was not closed yet. */
export async function sparePeriod(api: TestApi, { things }: SeededTenant): Promise<Spare> {
  return { things: { period: await addPeriod(api, things.tenant, "OPEN") } };
}

/** One with an invoice. */
export async function spareInvoice(api: TestApi, { things }: SeededTenant): Promise<Spare> {
  const period = await addPeriod(api, things.tenant, "CLOSED");
  await seedInvoice(api.context, { ...things, period });
  return { things: { period } };
}

async function addPeriod(api: TestApi, tenantId: string, status: "OPEN" | "CLOSED"): Promise<string> {
  const month = nextMonth();
  // None of them is before another, so none keeps another from being closed.
  const [startsAt, endsAt] = [firstDayOf("2020-01"), firstDayOf("2020-02")];
  const closedAt = status === "CLOSED" ? api.context.clock.now() : null;
  const period = { tenantId, startsOn: firstDayOf(month), startsAt, endsAt, timeZone: "UTC", ticketsBefore: 0n };
  await api.context.database.withSystem((tx) => tx.billingPeriod.create({ data: { ...period, status, closedAt } }));
  return month;
}
