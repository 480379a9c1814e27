import type { Tx } from "@parley/db";
import { DomainError, type FieldError } from "@parley/runtime";
import { describeFault, readTemplate, toFault, type NamedVariable, type TemplateFault } from "./read-template.ts";
import { renderParts } from "./render-template.ts";
import { attributeKeyOf, isVariable } from "./variables.ts";

/** A template that somebody writes, and the field of the request in which it stands. */
export interface WrittenTemplate {
  path: string;
  text: string;
}

/**
 * Refuses as `validation_failed` what is no template, and variables that there are not, with the line and the column of
 * each. Which attributes there are, the tenant says.
 */
export async function assertTemplates(tx: Tx, tenantId: string, templates: readonly WrittenTemplate[]): Promise<void> {
  const wrong: FieldError[] = [];
  for (const { path, text } of templates) {
    const faults = await findFaults(tx, tenantId, text);
    wrong.push(...faults.map((fault) => ({ path, message: describeFault(fault) })));
  }
  if (wrong.length === 0) return;
  const message = "Correct what is named in errors and send the request again.";
  throw new DomainError("validation_failed", message, { fields: wrong });
}

async function findFaults(tx: Tx, tenantId: string, text: string): Promise<TemplateFault[]> {
  const read = readTemplate(text);
  if ("faults" in read) return read.faults;
  const unknown = await findUnknown(tx, tenantId, read.variables);
  if (unknown.length > 0) return unknown;
  const tried = renderParts(read.parts, {}, { strictVariables: false });
  return "errors" in tried ? tried.errors.map(toFault) : [];
}

async function findUnknown(tx: Tx, tenantId: string, variables: readonly NamedVariable[]): Promise<TemplateFault[]> {
  const keys = variables.map(({ name }) => attributeKeyOf(name)).filter((key) => key !== undefined);
  const defined =
    keys.length === 0 ? [] : await tx.ticketAttribute.findMany({ where: { tenantId, key: { in: keys } } });
  const definedKeys = new Set(defined.map(({ key }) => key));
  return variables.flatMap(({ name, ...place }) => {
    const key = attributeKeyOf(name);
    if (key !== undefined && !definedKeys.has(key)) {
      return [{ ...place, message: `${key} is not an attribute of this company; define it first` }];
    }
    return isVariable(name) ? [] : [{ ...place, message: `there is no variable ${name}` }];
  });
}
