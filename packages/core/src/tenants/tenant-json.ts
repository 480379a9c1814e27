import type { Prisma } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { toJsonEnum } from "../json/index.ts";
import type { TenantJson } from "./schemas.ts";

export type TenantRow = Prisma.TenantModel;

type ShownOfTenant = Pick<TenantRow, "id" | "name" | "slug" | "status" | "plan" | "createdAt">;

export function toTenantJson(tenant: ShownOfTenant): TenantJson {
  const { id, name, slug, status, plan, createdAt } = tenant;
  return { id, name, slug, status: toJsonEnum(status), plan: toJsonEnum(plan), createdAt: createdAt.toISOString() };
}

export function noSuchTenant(): DomainError {
  return new DomainError("not_found", "There is no company with this id.");
}
