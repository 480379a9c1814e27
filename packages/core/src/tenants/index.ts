export { tenantJson, type TenantJson } from "./schemas.ts";
export { showCurrentTenant } from "./show-current-tenant.ts";
export { toTenantJson } from "./tenant-json.ts";
