import type { TestContext } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import type { Things } from "./things.fixture.ts";

type Tenant = Pick<Things, "tenant" | "owner" | "canary">;

/** Two imports with a row that was not taken, and the file of one. */
export async function seedContactImports(context: TestContext, tenant: Tenant): Promise<Pick<Things, "contactImport">> {
  await seedContactImport(context, tenant);
  return { contactImport: await seedContactImport(context, tenant) };
}

/** One that rests, or a dry run that is done. */
export async function seedContactImport(
  context: TestContext,
  { tenant: tenantId, owner: createdBy, canary }: Tenant,
  { isDryRun = false }: { isDryRun?: boolean } = {},
): Promise<string> {
  const id = newId();
  const csv = Buffer.from(`email,${canary}\nof-${canary}@customers.example,${canary}\n`);
  await context.database.withSystem(async (tx) => {
    await tx.contactImport.create({
      data: {
        tenantId,
        id,
        createdBy,
        isDryRun,
        onMatch: "UPDATE",
        fileName: `${canary}.csv`,
        rows: 1,
        failed: 1,
        reason: `Because of ${canary}`,
        ...(isDryRun
          ? {
              status: "DONE",
              finishedAt: context.clock.now(),
            }
          : { status: "PAUSED" }),
        columns: [
          {
            header: "email",
            field: "email",
          },
          {
            header: canary,
            field: "name",
          },
        ],
        size: csv.length,
        chunks: 1,
      },
    });
    await tx.contactImportChunk.create({ data: { tenantId, importId: id, position: 0, bytes: new Uint8Array(csv) } });
    const key = { type: "EMAIL", value: `${canary}@customers.example`, contactId: newId() } as const;
    await tx.contactImportKey.create({ data: { tenantId, importId: id, ...key } });
    await tx.contactImportError.create({
      data: { tenantId, importId: id, row: 2, reason: `Because of ${canary}`, cells: [canary, canary] },
    });
  });
  return id;
}
