export { replanSchedules } from "./replan-schedules.ts";
export { touchRules } from "./touch-rules.ts";
