export type { AccountOptions, Template } from "./accounts.ts";
export type { FaultName, Faults, FaultsInput } from "./faults.ts";
export type { AcceptedMessage, InboundRecord, StatusRecord, WebhookCounts } from "./ledger-records.ts";
export type { Ledger } from "./ledger.ts";
export { META_LIMITS, type Limits } from "./limits.ts";
export type { SimulatorOptions, StatusDelays } from "./options.ts";
export { startSimulator, type Simulator } from "./start-simulator.ts";
export type { InboundInput, InboundResult } from "./webhooks/deliver-inbound.ts";
