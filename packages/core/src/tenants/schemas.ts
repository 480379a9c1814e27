import { TenantPlan, TenantStatus } from "@parley/db";
import { z } from "zod";
import { jsonEnum, timeJson } from "../json/index.ts";

export const tenantJson = z
  .object({
    id: z.uuid(),
    name: z.string(),
    slug: z.string(),
    status: jsonEnum(TenantStatus),
    plan: jsonEnum(TenantPlan),
    createdAt: timeJson,
  })
  .meta({ id: "Tenant" });
export type TenantJson = z.infer<typeof tenantJson>;
