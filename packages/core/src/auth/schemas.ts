import { MembershipRole } from "@parley/db";
import { z } from "zod";
import { jsonEnum, lineText } from "../json/index.ts";
import { tenantJson } from "../tenants/index.ts";

const BCRYPT_BYTES = 72;

export const nameText = lineText(120).meta({ example: "Agent One" });

export const emailText = z
  .email("must be an e-mail address")
  .max(254)
  .toLowerCase()
  .meta({ example: "agent@company.example" });

/** bcrypt ignores what exceeds 72 bytes, so a longer password would be a shorter one in secret. */
export const anyPassword = z
  .string()
  .min(1)
  .refine((password) => Buffer.byteLength(password) <= BCRYPT_BYTES, `must be at most ${BCRYPT_BYTES} bytes long`)
  .meta({ example: "correct horse battery" });

export const newPassword = anyPassword
  .min(10, "must be at least 10 characters long")
  .meta({ description: "10 characters to 72 bytes.", example: "a new, longer passphrase" });

const EXAMPLE_REFRESH_TOKEN = "UGFybGV5LWV4YW1wbGUtcmVmcmVzaC10b2tlbg";

const refreshToken = z.string().min(1).max(200).meta({ example: EXAMPLE_REFRESH_TOKEN });

export const registerInput = z
  .strictObject({
    tenantName: nameText.meta({ example: "Example Shop" }),
    email: emailText,
    password: newPassword,
    fullName: nameText,
  })
  .meta({ id: "Register" });
export type RegisterInput = z.infer<typeof registerInput>;

export const loginInput = z
  .strictObject({
    email: emailText,
    password: anyPassword,
    tenantId: z
      .uuid()
      .optional()
      .meta({ description: "Which company to work in; the oldest membership unless given." }),
  })
  .meta({ id: "Login" });
export type LoginInput = z.infer<typeof loginInput>;

export const refreshInput = z.strictObject({ refreshToken }).meta({ id: "Refresh" });
export type RefreshInput = z.infer<typeof refreshInput>;

export const switchTenantInput = z.strictObject({ tenantId: z.uuid() }).meta({ id: "SwitchTenant" });
export type SwitchTenantInput = z.infer<typeof switchTenantInput>;

export const adminSignInInput = z.strictObject({ email: emailText, password: anyPassword });
export type AdminSignInInput = z.infer<typeof adminSignInInput>;

export const signedInUserJson = z
  .object({
    id: z.uuid(),
    email: z.string().meta({ example: "agent@company.example" }),
    fullName: z.string().meta({ example: "Agent One" }),
    isSuperAdmin: z.boolean(),
    role: jsonEnum(MembershipRole)
      .nullable()
      .meta({ description: "In the tenant of the session; null for a SUPER_ADMIN who is no member." }),
  })
  .meta({ id: "SignedInUser" });
export type SignedInUserJson = z.infer<typeof signedInUserJson>;

export const sessionJson = z
  .object({
    user: signedInUserJson,
    tenant: tenantJson.nullable(),
    accessToken: z.string().meta({
      description: "For `Authorization: Bearer`.",
      example: "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIuLi4ifQ.c2lnbmF0dXJl",
    }),
    refreshToken: z.string().meta({ description: "Good for one POST /auth/refresh.", example: EXAMPLE_REFRESH_TOKEN }),
    expiresIn: z.int().meta({ description: "Seconds until the access token expires.", example: 900 }),
  })
  .meta({ id: "Session" });
export type SessionJson = z.infer<typeof sessionJson>;

export const meJson = z
  .object({
    user: signedInUserJson,
    tenant: tenantJson.nullable(),
    memberships: z.array(
      z.object({
        tenantId: z.uuid(),
        name: z.string().meta({ example: "Example Shop" }),
        slug: z.string().meta({ example: "example-shop" }),
        role: jsonEnum(MembershipRole),
      }),
    ),
  })
  .meta({ id: "Me" });
export type MeJson = z.infer<typeof meJson>;
