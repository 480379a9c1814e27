import type { TimerKey } from "../timers/index.ts";

/** What queues a message that is SCHEDULED. */
export function sendTimer({ tenantId, id }: { tenantId: string; id: string }): TimerKey {
  return { tenantId, kind: "send_scheduled", subjectId: id };
}
