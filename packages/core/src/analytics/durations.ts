import type { TicketFactKind } from "@parley/db";

/** SQL of how long what is of a kind took, of the relation `f`: exact, of all that there are, as answers have it. */
export function durationsOf(kind: TicketFactKind): string {
  const seconds = (share: number): string =>
    `percentile_cont(${share}) within group (order by f.took_ms) filter (where f.kind = '${kind}') / 1000`;
  return `json_build_object('count', count(*) filter (where f.kind = '${kind}'), 'medianSeconds', ${seconds(0.5)},
                            'p90Seconds', ${seconds(0.9)})`;
}
