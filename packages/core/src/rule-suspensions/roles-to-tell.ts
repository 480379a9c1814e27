import type { MembershipRole } from "@parley/db";

/** Who hears of it by mail. */
export const rolesToTell = { in: ["OWNER", "ADMIN"] satisfies MembershipRole[] };
