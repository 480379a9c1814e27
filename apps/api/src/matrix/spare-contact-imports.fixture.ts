import type { TestApi } from "../api.fixture.ts";
import type { Spare } from "./aim.fixture.ts";
import { seedContactImport } from "./seed-contact-imports.fixture.ts";
import type { SeededTenant } from "./seed-tenant.fixture.ts";

/** One that rests. */
export async function spareContactImport(api: TestApi, { things }: SeededTenant): Promise<Spare> {
  return { things: { contactImport: await seedContactImport(api.context, things) } };
}

/** One that is done. */
export async function spareDryRun(api: TestApi, { things }: SeededTenant): Promise<Spare> {
  return { things: { contactImport: await seedContactImport(api.context, things, { isDryRun: true }) } };
}
