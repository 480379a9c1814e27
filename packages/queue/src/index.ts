export { askRedis } from "./ask-redis.ts";
export { connectFailFast, connectPatient, queuePrefix, type RedisConfig } from "./connections.ts";
export {
  defineJob,
  defineQueue,
  type JobCatalog,
  type JobDefinition,
  type PayloadOf,
  type PublishContext,
  type QueueDefinition,
} from "./define-queue.ts";
export { createOutbox, outboxColumns, type Outbox } from "./outbox.ts";
export { outboxRow, type OutboxRow } from "./outbox-row.ts";
export { createPublisher, type Publisher } from "./publisher.ts";
export { createSendSlots, type Departure, type SendSlots, type SlotLimits } from "./send-slots.ts";
export {
  backoffMs,
  startWorker,
  type JobHandler,
  type JobHandlers,
  type JobOutcome,
  type RunningWorker,
} from "./start-worker.ts";
