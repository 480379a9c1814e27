import type { TestApi } from "../api.fixture.ts";
import type { Spare } from "./aim.fixture.ts";
import type { SeededTenant } from "./seed-tenant.fixture.ts";

/** Whatever was under way is done, so that the next can begin. */
export async function spareRebuild({ context }: TestApi, { things }: SeededTenant): Promise<Spare> {
  await context.database.withSystem((tx) =>
    tx.rebuild.updateMany({
      where: { tenantId: things.tenant, status: "RUNNING" },
      data: { status: "DONE", finishedAt: context.clock.now() },
    }),
  );
  return {};
}
