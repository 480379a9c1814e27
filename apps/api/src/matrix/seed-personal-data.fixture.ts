import { createPersonalDataHandlers } from "@parley/core/personal-data";
import type { TestContext } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import type { Things } from "./things.fixture.ts";

type Given = Pick<Things, "tenant" | "owner" | "canary" | "contact" | "otherContact">;

/** Two exports whose archives are ready, and two erasures under way, of which nobody has been erased. */
export async function seedPersonalData(
  context: TestContext,
  { tenant: tenantId, owner, canary, contact, otherContact }: Given,
): Promise<Pick<Things, "dataExport" | "erasure">> {
  const [dataExport, otherExport, erasure, otherErasure] = [newId(), newId(), newId(), newId()];
  const now = new Date();
  const times = { createdAt: now, progressedAt: now };
  await context.database.withSystem(async (tx) => {
    await tx.dataExport.createMany({
      data: [dataExport, otherExport].map((id) => ({ tenantId, id, contactId: contact, createdBy: owner, ...times })),
    });
    const step = { step: "settle", cursor: canary, counts: { [canary]: 1 }, sealedTraces: canary, txid: 1n };
    await tx.contactErasure.createMany({
      data: [
        { tenantId, id: erasure, contactId: contact, requestedBy: owner, ...step, ...times },
        { tenantId, id: otherErasure, contactId: otherContact, requestedBy: owner, ...step, ...times },
      ],
    });
  });
  const handlers = createPersonalDataHandlers(context);
  for (const exportId of [dataExport, otherExport]) await handlers.build_export({ tenantId, exportId });
  return { dataExport, erasure };
}
