import type { AnyTx } from "@parley/db";
import { assertVersion } from "./assert-version.ts";
import { withKnownAttributes } from "./known-attributes.ts";
import { toTicketJson } from "./ticket-json.ts";
import type { TicketRow } from "./ticket-row.ts";

/** `assertVersion` of a locked ticket, which is only put together as it is shown when it is to be shown. */
export async function assertTicketVersion(tx: AnyTx, ticket: TicketRow, expected: number | undefined): Promise<void> {
  if (expected === undefined || expected === ticket.version) return;
  assertVersion(await withKnownAttributes(tx, ticket.tenantId, toTicketJson(ticket)), expected);
}
