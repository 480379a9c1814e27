import { newId } from "@parley/runtime";
import type { TestApi } from "../api.fixture.ts";
import type { Spare } from "./aim.fixture.ts";
import type { SeededTenant } from "./seed-tenant.fixture.ts";
import { seedBulkJob } from "./seed-tools.fixture.ts";

export async function spareCannedReply(api: TestApi, { things }: SeededTenant): Promise<Spare> {
  const id = newId();
  const reply = { shortcut: `spare-${id}`, title: "Spare", body: "Spare" };
  await api.context.database.withSystem((tx) =>
    tx.cannedReply.create({ data: { tenantId: things.tenant, id, ...reply } }),
  );
  return { things: { cannedReply: id } };
}

export async function spareMacro(api: TestApi, { things }: SeededTenant): Promise<Spare> {
  const id = newId();
  const macro = { name: `Spare ${id}`, actions: [{ type: "follow" }] };
  await api.context.database.withSystem((tx) => tx.macro.create({ data: { tenantId: things.tenant, id, ...macro } }));
  return { things: { macro: id } };
}

/** One that rests. */
export async function spareBulkJob(api: TestApi, { things }: SeededTenant): Promise<Spare> {
  return { things: { bulkJob: await seedBulkJob(api.context, things) } };
}
