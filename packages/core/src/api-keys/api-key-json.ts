import type { Prisma } from "@parley/db";
import { DomainError } from "@parley/runtime";
import type { ApiKeyJson } from "./schemas.ts";

export type ApiKeyRow = Prisma.ApiKeyModel;

export function toApiKeyJson(apiKey: ApiKeyRow): ApiKeyJson {
  const { id, name, prefix, scopes, createdBy } = apiKey;
  return {
    id,
    name,
    prefix,
    scopes,
    createdBy,
    expiresAt: apiKey.expiresAt?.toISOString() ?? null,
    lastUsedAt: apiKey.lastUsedAt?.toISOString() ?? null,
    revokedAt: apiKey.revokedAt?.toISOString() ?? null,
    createdAt: apiKey.createdAt.toISOString(),
  };
}

export function noSuchApiKey(): DomainError {
  return new DomainError("not_found", "There is no API key with this id.");
}
