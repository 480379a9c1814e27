export { assertTicketQuota } from "./assert-ticket-quota.ts";
export { assertNotBlocked, findBlocked, findStop } from "./find-blocked.ts";
export { findUnmailedQuotaNotices } from "./find-unmailed-quota-notices.ts";
export { findLimited, type LimitState } from "./limit-states.ts";
export { QUOTA_OBSTACLE } from "./quota-exceeded.ts";
export { sendQuotaNotice } from "./send-quota-notice.ts";
export { reconcileLimits, settleLimits } from "./settle-limits.ts";
export { takeUnits, tryTakeUnits } from "./take-units.ts";
