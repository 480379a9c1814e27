import { newId } from "@parley/runtime";
import type { TestApi } from "../api.fixture.ts";
import type { Spare } from "./aim.fixture.ts";
import type { SeededTenant } from "./seed-tenant.fixture.ts";

export async function spareSlaPolicy(api: TestApi, { things }: SeededTenant): Promise<Spare> {
  const id = newId();
  const targets = { default: { firstResponseSeconds: 3_600 }, byPriority: {} };
  const data = { tenantId: things.tenant, id, name: `Spare ${id}`, position: 9, targets };
  await api.context.database.withSystem((tx) => tx.slaPolicy.create({ data }));
  return { things: { slaPolicy: id } };
}

/** Nobody has adopted the channel's default. */
export async function spareAdoptable(api: TestApi, { things }: SeededTenant): Promise<Spare> {
  const where = { tenantId: things.tenant, name: "Amazon" };
  await api.context.database.withSystem((tx) => tx.slaPolicy.deleteMany({ where }));
  return {};
}
