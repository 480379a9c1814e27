import { randomBytes } from "node:crypto";
import type { MembershipRole, Prisma } from "@parley/db";
import { newId } from "@parley/runtime";
import type { BuilderContext } from "./builder-context.ts";

export type BuiltUser = Prisma.UserGetPayload<object>;

/** The password of every built user. */
export const TEST_PASSWORD = "test-password-1";
/** Its hash at bcrypt's lowest cost: hashing it anew for every user would take longer than most tests. */
const TEST_PASSWORD_HASH = "$2b$04$QqT0IUqgvSrLAtqhLL2jPuLaKgluuEE..nkJBPfqmpo6X11UG/kz2";

/** With `tenantId` the user is a member of that tenant, an AGENT by default. */
export function buildUser(
  ctx: BuilderContext,
  overrides: Partial<Prisma.UserUncheckedCreateInput> & { tenantId?: string; role?: MembershipRole } = {},
): Promise<BuiltUser> {
  const { tenantId, role = "AGENT", ...columns } = overrides;
  const name = `agent-${randomBytes(6).toString("hex")}`;
  return ctx.database.withSystem((tx) =>
    tx.user.create({
      data: {
        id: newId(),
        email: `${name}@users.example`,
        passwordHash: TEST_PASSWORD_HASH,
        fullName: `Agent ${name}`,
        ...columns,
        ...(tenantId ? { memberships: { create: { tenantId, role } } } : {}),
      },
    }),
  );
}
