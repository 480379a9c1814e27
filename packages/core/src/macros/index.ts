export { changeMacro } from "./change-macro.ts";
export { createMacro } from "./create-macro.ts";
export { deleteMacro } from "./delete-macro.ts";
export { listMacros } from "./list-macros.ts";
export { runMacro } from "./run-macro.ts";
export {
  changeMacroInput,
  createMacroInput,
  listMacrosQuery,
  macroJson,
  type ChangeMacroInput,
  type CreateMacroInput,
  type ListMacrosQuery,
  type MacroJson,
} from "./schemas.ts";
export { showMacro } from "./show-macro.ts";
