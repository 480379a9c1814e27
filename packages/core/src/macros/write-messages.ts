import type { Tx } from "@parley/db";
import type { RequestContext } from "../context/index.ts";
import { appendMessage } from "../messages/index.ts";
import { loadTemplateValues } from "../text-templates/index.ts";
import { textOf } from "../ticket-actions/index.ts";
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
