export { changeTenant } from "./change-tenant.ts";
export { createTenant } from "./create-tenant.ts";
export { listTenants } from "./list-tenants.ts";
export { lockTenant } from "./lock-tenant.ts";
export { assertMaySend, maySend } from "./may-send.ts";
export { renameTenant } from "./rename-tenant.ts";
export {
  changeTenantInput,
  createTenantInput,
  currentTenantJson,
  listTenantsQuery,
  renameTenantInput,
  tenantJson,
  type ChangeTenantInput,
  type CreateTenantInput,
  type CurrentTenantJson,
  type ListTenantsQuery,
  type RenameTenantInput,
  type TenantJson,
} from "./schemas.ts";
export { showCurrentTenant } from "./show-current-tenant.ts";
export { freeSlug, slugOf } from "./slug.ts";
export { noSuchTenant, toTenantJson } from "./tenant-json.ts";
