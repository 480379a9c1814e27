import type { Database } from "@parley/db";
import type { Outbox } from "@parley/queue";
import type { Clock, Keyring, Logger } from "@parley/runtime";
import type { Cause } from "./cause.ts";
import type { NewEvent } from "./new-event.ts";
import type { Subscription } from "./subscription.ts";
import type { WriteTicket } from "./ticket-write.ts";

/** What every verb of the system is given: explicit, so that a test can give its own. */
export interface SystemContext {
  database: Database;
  outbox: Outbox;
  clock: Clock;
  logger: Logger;
  keyring: Keyring;
  /** Which queues hear of which events. */
  subscriptions: readonly Subscription[];
  /** Set while a rule acts, and while a timer fires that it has set. */
  cause?: Cause;
  /** Set while many act in one transaction: events wait here for its end, where one statement appends them. */
  gatheredEvents?: NewEvent[];
  /** Set likewise: how a change of a ticket is written, unless by itself. */
  writeTicket?: WriteTicket;
}
