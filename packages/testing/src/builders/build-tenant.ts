import { randomBytes } from "node:crypto";
import type { Prisma } from "@parley/db";
import { newId } from "@parley/runtime";
import type { BuilderContext } from "./builder-context.ts";

export type BuiltTenant = Prisma.TenantGetPayload<object>;

export function buildTenant(
  ctx: BuilderContext,
  overrides: Partial<Prisma.TenantUncheckedCreateInput> = {},
): Promise<BuiltTenant> {
  const slug = `tenant-${randomBytes(6).toString("hex")}`;
  return ctx.database.withSystem((tx) =>
    tx.tenant.create({ data: { id: newId(), name: `Company ${slug}`, slug, status: "ACTIVE", ...overrides } }),
  );
}
