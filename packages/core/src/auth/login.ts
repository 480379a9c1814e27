import { DomainError } from "@parley/runtime";
import { onceFor } from "../idempotency/index.ts";
import type { AuthContext } from "./auth-context.ts";
import { checkPassword } from "./check-password.ts";
import type { LoginInput } from "./schemas.ts";
import { openSession, type Session } from "./session.ts";
import { findWorkplace, requireWorkplace } from "./workplaces.ts";

/**
 * A new session in `tenantId`, or in the oldest membership. A SUPER_ADMIN without any works outside all tenants. The
 * password is checked, and counted if it is wrong, before anybody hears what was answered under their Idempotency-Key.
 */
export async function login(ctx: AuthContext, input: LoginInput): Promise<Session> {
  const user = await checkPassword(ctx, input);
  return ctx.database.withSystem((tx) =>
    onceFor(ctx, tx, ["login", input.email], async () => {
      const workplace = input.tenantId
        ? await requireWorkplace(tx, user, input.tenantId)
        : await findWorkplace(tx, user);
      if (!workplace && !user.isSuperAdmin) {
        throw new DomainError("forbidden", "You belong to no company any more; ask to be invited again.");
      }
      return openSession(ctx, tx, { user, workplace, origin: ctx.origin });
    }),
  );
}
