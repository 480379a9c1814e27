import { ROW_KIND } from "../world/bench-ids.ts";

/**
 * A UUIDv7 by expressions: the time of `at` and the message's number within its tenant. Lists of messages go by their
 * ids, so unlike those of other rows they hold the time.
 */
export function messageIdSql(at: string, number: string): string {
  const milliseconds = `lpad(to_hex((extract(epoch from ${at}) * 1000)::bigint), 12, '0')`;
  const kind = ROW_KIND.message.toString(16).padStart(3, "0");
  return `(${milliseconds} || '7${kind}8000' || lpad(to_hex((${number})::bigint), 12, '0'))::uuid`;
}
