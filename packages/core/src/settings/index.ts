export { businessHours } from "./business-hours.ts";
export { changeSettings } from "./change-settings.ts";
export { changeSettingsInput, settingsJson, type ChangeSettingsInput, type SettingsJson } from "./schemas.ts";
export { toSettingsJson } from "./settings-json.ts";
export { showSettings } from "./show-settings.ts";
export { readSurveySettings, type SurveySettings } from "./survey.ts";
