import type { AiSettings } from "../language-models/index.ts";

/** What of a tenant's settings turns go by. */
export type TurnSettings = Pick<
  AiSettings,
  "debounceSeconds" | "longestBurstSeconds" | "mostTurns" | "handOffTeamId" | "handOffEscalates"
>;
