import type { IdentifierType, Prisma } from "@parley/db";
import { newId } from "@parley/runtime";
import { unusedPhone } from "../unused-phone.ts";
import type { BuilderContext } from "./builder-context.ts";

const include = { identifiers: true } as const;

export type BuiltContact = Prisma.ContactGetPayload<{ include: typeof include }>;

/** A contact with one WhatsApp number, unless `identifiers` says otherwise. */
export function buildContact(
  ctx: BuilderContext,
  overrides: Partial<Omit<Prisma.ContactUncheckedCreateInput, "identifiers">> & {
    tenantId: string;
    identifiers?: { type: IdentifierType; value: string; isPrimary?: boolean }[];
  },
): Promise<BuiltContact> {
  const { identifiers = [{ type: "WHATSAPP", value: unusedPhone(), isPrimary: true }], ...columns } = overrides;
  return ctx.database.withSystem((tx) =>
    tx.contact.create({
      data: { id: newId(), name: "Customer One", ...columns, identifiers: { create: identifiers } },
      include,
    }),
  );
}
