import { newId } from "@parley/runtime";
import type { JobCatalog, PayloadOf, QueueDefinition } from "./define-queue.ts";

/** A job on its way to Redis, as the outbox table has it. */
export interface OutboxRow {
  id: string;
  queue: string;
  job: string;
  jobId: string;
  payload: unknown;
}

/** Checks the payload against the job's definition. `cause` tells apart two runs of the same job. */
export function outboxRow<Jobs extends JobCatalog, Name extends keyof Jobs & string>(
  queue: QueueDefinition<Jobs>,
  job: Name,
  payload: PayloadOf<Jobs[Name]>,
  cause?: string,
): OutboxRow {
  const definition = queue.jobs[job];
  if (!definition) throw new Error(`queue "${queue.name}" has no job "${job}"`);
  const checked: unknown = definition.payload.parse(payload);
  const baseId = definition.jobId(checked);
  return { id: newId(), queue: queue.name, job, jobId: cause ? `${baseId}-${cause}` : baseId, payload: checked };
}
