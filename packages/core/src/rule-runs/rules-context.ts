import type { SystemContext } from "../context/index.ts";
import type { ModelContext } from "../language-models/index.ts";
import type { PresenceBoard } from "../presence/index.ts";

/** What is needed to run rules: besides the system, whoever types, and the models. */
export interface RulesContext extends SystemContext, ModelContext {
  presence: PresenceBoard;
}
