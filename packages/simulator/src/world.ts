import type { Accounts } from "./accounts.ts";
import type { FaultDraws } from "./fault-draws.ts";
import type { MediaStore } from "./graph/media-store.ts";
import type { ServiceWindows } from "./graph/service-windows.ts";
import type { HeldSockets } from "./held-sockets.ts";
import type { WritableLedger } from "./ledger.ts";
import type { Limiter } from "./limits.ts";
import type { NextMessageId } from "./message-ids.ts";
import type { StatusDelays } from "./options.ts";
import type { Courier } from "./webhooks/courier.ts";

/** Everything that a request can touch. Made once by `startSimulator`. */
export interface World {
  /** Milliseconds since 1970 with fractions; never goes back. */
  now(): number;
  nextMessageId: NextMessageId;
  accounts: Accounts;
  ledger: WritableLedger;
  limiter: Limiter;
  windows: ServiceWindows;
  media: MediaStore;
  courier: Courier;
  heldSockets: HeldSockets;
  statusDelays: StatusDelays;
  /** Replaced when the faults are set. */
  faults: FaultDraws;
}
