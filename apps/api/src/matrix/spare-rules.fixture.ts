import type { TestApi } from "../api.fixture.ts";
import type { Spare } from "./aim.fixture.ts";
import { seedRule } from "./seed-rules.fixture.ts";
import type { SeededTenant } from "./seed-tenant.fixture.ts";

/** One with two versions. */
export async function spareRule(api: TestApi, { things }: SeededTenant): Promise<Spare> {
  return { things: { rule: await seedRule(api.context, things) } };
}
