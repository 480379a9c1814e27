import type { Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import type { RequestContext } from "../context/index.ts";
import { appendMessage, MAX_TEXT } from "../messages/index.ts";
import { loadTemplateValues, renderTemplate, type TemplateValues } from "../text-templates/index.ts";
import type { LockedTicket } from "../tickets/index.ts";
import type { MacroStep } from "./actions.ts";
import { within } from "./refused-step.ts";

/** What an action writes, if it writes anything: a note for colleagues, or a reply. */
export function writingOf({ action }: MacroStep): { template: string; isInternal: boolean } | undefined {
  const isWriting = action.type === "add_note" || action.type === "send_reply";
  return isWriting ? { template: action.text, isInternal: action.type === "add_note" } : undefined;
}

/** Writes a macro's notes and replies on a ticket whose lock the caller holds, with the values as they are now. */
export async function writeMessages(
  ctx: RequestContext,
  tx: Tx,
  { ticket, conversation }: LockedTicket,
  steps: readonly MacroStep[],
): Promise<void> {
  const { tenantId, id: ticketId } = ticket;
  const values = await loadTemplateValues(ctx, tx, tenantId, { ticketId });
  for (const step of steps) {
    const writing = writingOf(step);
    if (!writing) continue;
    const { isInternal } = writing;
    await within(step, () => {
      const text = textOf(writing.template, values, { isInternal });
      return appendMessage(ctx, tx, conversation, { text, isInternal, ticketId });
    });
  }
}

/** Nobody looks a macro's reply over before the customer does, so nothing may be missing in it. */
function textOf(template: string, values: TemplateValues, { isInternal }: { isInternal: boolean }): string {
  const { text, missing } = renderTemplate(template, values);
  if (missing.length > 0 && !isInternal) {
    throw new DomainError("conflict", `There is no value here for ${missing.join(", ")}; write the reply yourself.`);
  }
  if (text.trim() === "") throw new DomainError("conflict", "With its variables the text is empty.");
  if (text.length <= MAX_TEXT) return text;
  throw new DomainError(
    "conflict",
    `With its variables the text has ${text.length} characters, and a message has ${MAX_TEXT} at most.`,
  );
}
