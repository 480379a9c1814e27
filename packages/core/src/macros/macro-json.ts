import type { Prisma, Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { z } from "zod";
import { toTicketActionJson } from "../ticket-actions/index.ts";
import { macroAction, type MacroAction, type MacroActionJson } from "./actions.ts";
import type { MacroJson } from "./schemas.ts";

const storedActions = z.array(macroAction);

/** A macro as it is shown, and with its actions as they are done. */
export interface ReadMacro {
  json: MacroJson;
  actions: MacroAction[];
}

export function toReadMacro(macro: Prisma.MacroModel): ReadMacro {
  const { id, name, description, createdAt, updatedAt } = macro;
  const actions = storedActions.parse(macro.actions);
  const times = { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
  return { json: { id, name, description, actions: actions.map(toActionJson), ...times }, actions };
}

export function toActionJson(action: MacroAction): MacroActionJson {
  return action.type === "follow" || action.type === "assign_user" ? action : toTicketActionJson(action);
}

export async function readMacro(tx: Tx, tenantId: string, id: string): Promise<ReadMacro> {
  const macro = await tx.macro.findUnique({ where: { tenantId_id: { tenantId, id } } });
  if (!macro) throw new DomainError("not_found", "There is no macro with this id.");
  return toReadMacro(macro);
}

/** The same, locked until the transaction ends, so that nobody changes it meanwhile. */
export async function readLockedMacro(tx: Tx, tenantId: string, id: string): Promise<MacroJson> {
  await tx.$executeRaw`select from macro where tenant_id = ${tenantId}::uuid and id = ${id}::uuid for update`;
  return (await readMacro(tx, tenantId, id)).json;
}

export function nameTaken(): DomainError {
  return new DomainError("conflict", "A macro of this name exists already; change that one, or choose another name.");
}
