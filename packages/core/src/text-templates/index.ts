export { assertTemplates, type WrittenTemplate } from "./assert-templates.ts";
export { MAX_TEMPLATE } from "./engine.ts";
export { renderTemplate, type RenderedText } from "./render-template.ts";
export { loadTemplateValues, type TemplatePlace, type TemplateValues } from "./template-values.ts";
export { TEMPLATE_HELP } from "./variables.ts";
