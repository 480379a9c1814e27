import type { Prisma } from "@parley/db";
import { businessHours } from "./business-hours.ts";
import { holidays } from "./holidays.ts";
import type { SettingsJson } from "./schemas.ts";
import { readSurveySettings } from "./survey.ts";

/**
 * PostgreSQL keeps the keys of a jsonb in an order of its own; parsing puts them back, so that versions compare. What
 * cannot be read counts as not set: it can still be replaced.
 */
export function toSettingsJson(tenant: Prisma.TenantModel): SettingsJson {
  const { timeZone, country, languages, reopenWindowMinutes, defaultInboxId } = tenant;
  return {
    timeZone,
    country,
    languages,
    reopenWindowMinutes,
    businessHours: businessHours.catch({}).parse(tenant.businessHours),
    holidays: holidays.catch([]).parse(tenant.holidays),
    survey: readSurveySettings(tenant.survey),
    defaultInboxId,
    version: tenant.settingsVersion,
    updatedAt: tenant.settingsUpdatedAt.toISOString(),
  };
}
