import { outboxRow, type JobHandler, type JobHandlers, type JobOutcome } from "@parley/queue";
import type { SystemContext } from "./context.ts";
import type { EventsOfTenant, EventsPayload, SubscriberQueue } from "./subscription.ts";

/**
 * The handlers of a subscriber's queue, from what is to be done with the events of one tenant. A job may tell of several:
 * what cannot be done yet for one of them goes on in a job of its own, so that none fails, or is tried again, because of
 * another. The context must be able to publish to the queue.
 */
export function handleByTenant(
  ctx: Pick<SystemContext, "database" | "outbox">,
  queue: SubscriberQueue,
  handle: JobHandler<EventsOfTenant>,
): JobHandlers<SubscriberQueue["jobs"]> {
  return {
    async handle_events({ events, again }: EventsPayload): Promise<JobOutcome> {
      const [only, ...others] = events;
      if (only && others.length === 0) return handle(only);
      const outcomes = await Promise.allSettled(events.map((each) => handle(each)));
      const left = events.filter((_each, index) => {
        const outcome = outcomes[index];
        return outcome?.status !== "fulfilled" || outcome.value !== undefined;
      });
      if (left.length === 0) return;
      const rows = left.map((each) => outboxRow(queue, "handle_events", { events: [each], again }));
      await ctx.database.system.transaction((sql) => ctx.outbox.enqueueSql(sql, rows));
    },
  };
}
