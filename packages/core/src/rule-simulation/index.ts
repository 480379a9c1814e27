export { simulateRule } from "./simulate-rule.ts";
export {
  simulateRuleInput,
  simulationJson,
  type SimulateRuleInput,
  type SimulationJson,
} from "./simulation-schemas.ts";
