import type { Prisma } from "@parley/db";
import { toJsonEnum } from "../json/index.ts";
import type { TenantJson } from "./schemas.ts";

export function toTenantJson(tenant: Prisma.TenantModel): TenantJson {
  const { id, name, slug, status, plan, createdAt } = tenant;
  return { id, name, slug, status: toJsonEnum(status), plan: toJsonEnum(plan), createdAt: createdAt.toISOString() };
}
