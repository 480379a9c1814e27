import type { SwaggerTransform } from "@fastify/swagger";
import { isForKeys } from "@parley/core/api-keys";
import { PERMISSIONS } from "@parley/core/context";
import { jsonSchemaTransform } from "fastify-type-provider-zod";
import { ZodType } from "zod";
import type { RouteAccess } from "../auth/authentication.ts";

/**
 * A route in OpenAPI's words, with what its access says. `describeDocument` completes it; what that needs to know goes
 * along in fields of its own.
 */
export const describeRoute: SwaggerTransform = (document) => {
  const { schema, route } = document;
  if (!schema || schema.hide) return jsonSchemaTransform(document);
  const { refusals, ...described } = schema;
  const access = route.config?.access;
  const security = securityOf(access);
  const whole = {
    ...described,
    ...(access && { description: [described.description, sentenceOn(access)].filter(Boolean).join("\n\n") }),
    ...(security && { security }),
    ...(access && { "x-access": access }),
    ...(refusals && { "x-refusals": refusals }),
    ...(route.config?.versioned && { "x-versioned": true }),
    ...(route.config?.file && { "x-file": true }),
    ...(isOptional(schema.body) && { "x-optional-body": true }),
  };
  return jsonSchemaTransform({ ...document, schema: whole });
};

/** Which of the security schemes a route takes; undefined: any of them. */
function securityOf(access: RouteAccess | undefined): Record<string, string[]>[] | undefined {
  if (access === undefined || access === "public") return [];
  const takesKeys = access !== "signed_in" && access !== "super_admin" && isForKeys(access);
  return takesKeys ? undefined : [{ accessToken: [] }];
}

function sentenceOn(access: RouteAccess): string {
  if (access === "public") return "For anybody.";
  if (access === "signed_in") return "For whoever is signed in.";
  if (access === "super_admin") return "For the platform's administrators.";
  const keys = isForKeys(access) ? `, and for API keys with the scope \`${access}\`` : "";
  return `For the role ${PERMISSIONS[access].toLowerCase()} and above${keys}.`;
}

function isOptional(body: unknown): boolean {
  return body instanceof ZodType && body.safeParse(undefined).success;
}
