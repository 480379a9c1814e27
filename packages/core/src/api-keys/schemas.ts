import { z } from "zod";
import { lineText, timeInput, timeJson } from "../json/index.ts";
import { pageQuery } from "../paging/index.ts";
import { ACTIONS, isForKeys } from "./scopes.ts";

export const apiKeyJson = z
  .object({
    id: z.uuid(),
    name: z.string().meta({ example: "Shop" }),
    prefix: z.string().meta({ description: "The beginning of the key.", example: "pk_0a1b2c3d4e" }),
    scopes: z.array(z.string()).meta({ example: ["contacts.read", "messages.send"] }),
    createdBy: z.uuid().nullable(),
    expiresAt: timeJson.nullable().meta({ example: "2099-01-31T08:00:00.000Z" }),
    lastUsedAt: timeJson.nullable().meta({ description: "To the minute." }),
    revokedAt: timeJson.nullable().meta({ example: null }),
    createdAt: timeJson,
  })
  .meta({ id: "ApiKey" });
export type ApiKeyJson = z.infer<typeof apiKeyJson>;

export const createdApiKeyJson = apiKeyJson
  .extend({
    key: z.string().meta({
      example: "pk_0a1b2c3d4e_5f6071829304a5b6c7d8e9f00112233445566778",
      description: "For the X-Api-Key header. Shown this once. If it was lost, revoke the key and make another.",
    }),
  })
  .meta({ id: "CreatedApiKey" });
export type CreatedApiKeyJson = z.infer<typeof createdApiKeyJson>;

const scope = z
  .enum(ACTIONS)
  .refine(isForKeys, "is for people only: a key that lets others in would outlive its own revocation");

export const createApiKeyInput = z
  .strictObject({
    name: lineText(120).meta({ example: "Shop" }),
    scopes: z
      .array(scope)
      .min(1)
      .max(ACTIONS.length)
      .refine((scopes) => new Set(scopes).size === scopes.length, "must name each action once")
      .meta({
        description: "The actions that the key may do; only such as its maker may do.",
        example: ["contacts.read", "messages.send"],
      }),
    expiresAt: timeInput
      .optional()
      .meta({ description: "In the future; never unless given.", example: "2099-01-31T08:00:00Z" }),
  })
  .meta({ id: "CreateApiKey" });
export type CreateApiKeyInput = z.output<typeof createApiKeyInput>;

export const listApiKeysQuery = pageQuery;
export type ListApiKeysQuery = z.output<typeof listApiKeysQuery>;
