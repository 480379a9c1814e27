import { TenantPlan, TenantStatus } from "@parley/db";
import { z } from "zod";
import { enumInput, jsonEnum, lineText, timeJson } from "../json/index.ts";
import { pageQuery } from "../paging/index.ts";
import { searchText } from "../search/index.ts";
import { SLUG_LENGTH } from "./slug.ts";

const tenantFields = {
  id: z.uuid(),
  name: z.string().meta({ example: "Example Shop" }),
  slug: z.string().meta({ description: "Its name for addresses; unique.", example: "example-shop" }),
  status: jsonEnum(TenantStatus),
  plan: jsonEnum(TenantPlan),
  createdAt: timeJson,
};

export const tenantJson = z.object(tenantFields).meta({ id: "Tenant" });
export type TenantJson = z.infer<typeof tenantJson>;

export const currentTenantJson = z
  .object({
    ...tenantFields,
    counts: z.object({
      members: z.int(),
      inboxes: z.int(),
      contacts: z.int(),
      openTickets: z.int().meta({ description: "Neither resolved nor closed." }),
    }),
  })
  .meta({ id: "CurrentTenant" });
export type CurrentTenantJson = z.infer<typeof currentTenantJson>;

const name = lineText(120).meta({ example: "Example Shop" });
const status = enumInput(TenantStatus);
const plan = enumInput(TenantPlan);

const slug = z
  .string()
  .max(SLUG_LENGTH)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "must be lower-case letters, digits and single hyphens between them");

export const renameTenantInput = z.strictObject({ name }).meta({ id: "RenameTenant" });
export type RenameTenantInput = z.output<typeof renameTenantInput>;

export const createTenantInput = z
  .strictObject({
    name,
    slug: slug.optional().meta({ description: "Made from the name unless given." }),
    plan: plan.optional(),
    status: status.optional(),
  })
  .meta({ id: "CreateTenant" });
export type CreateTenantInput = z.output<typeof createTenantInput>;

export const changeTenantInput = z
  .strictObject({
    name: name.optional(),
    status: status.optional().meta({
      description:
        '"suspended": the company reads and receives, and sends nothing. "closed": nobody of it signs in, and what arrives is set aside. "active" or "trial" again: what has waited is sent.',
    }),
    plan: plan.optional(),
  })
  .meta({ id: "ChangeTenant" });
export type ChangeTenantInput = z.output<typeof changeTenantInput>;

export const listTenantsQuery = pageQuery.extend({
  status: status.optional(),
  search: searchText.optional().meta({ description: "Part of the name or of the slug." }),
});
export type ListTenantsQuery = z.output<typeof listTenantsQuery>;
