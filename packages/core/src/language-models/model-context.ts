import type { SystemContext } from "../context/index.ts";
import type { ModelAccess } from "./model-access.ts";

/** What a verb is given that may ask a model. */
export interface ModelContext extends SystemContext {
  models: ModelAccess;
}
