export { partOf } from "./part-of.ts";
export { takeSteps, type RebuildStep, type RebuiltPart } from "./rebuild-step.ts";
