import { z } from "zod";
import { timeJson } from "../json/index.ts";
import { businessHours } from "./business-hours.ts";
import { holidays } from "./holidays.ts";
import { country, languages, timeZone } from "./locale.ts";
import { surveySettings, surveySettingsJson } from "./survey.ts";

const MAX_REOPEN_MINUTES = 90 * 24 * 60;

export const settingsJson = z
  .object({
    timeZone: z.string().meta({ description: "IANA name.", example: "Europe/Paris" }),
    country: z.string().nullable().meta({
      description: "ISO 3166, two letters: of telephone numbers that are written without a country code.",
      example: "FR",
    }),
    languages: z.array(z.string()).meta({ description: "BCP 47; the first is the default.", example: ["en", "fr"] }),
    reopenWindowMinutes: z
      .int()
      .meta({ description: "How long after its end a ticket is reopened by a new message.", example: 4_320 }),
    businessHours,
    holidays,
    survey: surveySettingsJson.meta({ description: "How customers are asked how satisfied they are." }),
    defaultInboxId: z
      .uuid()
      .nullable()
      .meta({ description: "Where messages and conversations go out that name no inbox." }),
    version: z.int().meta({ description: "Counts up with every change." }),
    updatedAt: timeJson.meta({ description: "When the settings were changed last." }),
  })
  .meta({ id: "Settings" });
export type SettingsJson = z.infer<typeof settingsJson>;

export const changeSettingsInput = z
  .strictObject({
    timeZone: timeZone.optional(),
    country: country.nullable().optional(),
    languages: languages.optional(),
    reopenWindowMinutes: z.int().min(0).max(MAX_REOPEN_MINUTES).optional(),
    businessHours: businessHours.optional(),
    holidays: holidays.optional(),
    survey: surveySettings.optional().meta({ description: "What is left out of it is as it is at first." }),
    defaultInboxId: z.uuid().nullable().optional(),
    version: z.int().optional().meta({ description: "Refuse the change unless the settings are still at it." }),
  })
  .meta({ id: "ChangeSettings" });
export type ChangeSettingsInput = z.output<typeof changeSettingsInput>;
