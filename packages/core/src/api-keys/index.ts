export { createApiKey } from "./create-api-key.ts";
export { identifyApiKey } from "./identify-api-key.ts";
export { listApiKeys } from "./list-api-keys.ts";
export { revokeApiKey } from "./revoke-api-key.ts";
export { revokeKeysOf } from "./revoke-keys-of.ts";
export {
  apiKeyJson,
  createApiKeyInput,
  createdApiKeyJson,
  listApiKeysQuery,
  type ApiKeyJson,
  type CreateApiKeyInput,
  type CreatedApiKeyJson,
  type ListApiKeysQuery,
} from "./schemas.ts";
export { isForKeys, letsOthersIn, readScopes } from "./scopes.ts";
