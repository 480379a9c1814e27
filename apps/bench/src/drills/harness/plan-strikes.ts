import { createRandom } from "./random.ts";

export const APPS = ["api", "worker-ingest", "worker-outbound"] as const;
export type AppName = (typeof APPS)[number];

/**
 * One blow of a drill, `atMs` after the start of the load:
 * - an app is killed (SIGKILL) and started again after `downMs`, or frozen (SIGSTOP) for as long;
 * - Redis is killed and comes back empty (FLUSHALL), or is emptied while it runs;
 * - PostgreSQL is stopped (SIGINT, "fast") or killed, and comes back.
 */
export interface Strike {
  atMs: number;
  downMs: number;
  target: AppName | "redis" | "postgres";
  how: "kill" | "freeze" | "kill and flush" | "flush" | "stop";
}

interface Volley {
  target: Strike["target"];
  how: Strike["how"];
  /** How often within the load. */
  times: number;
  downMs: [least: number, most: number];
}

/** What both drills go through; how often depends on whom the drill is about. */
export function planStrikes(seed: number, loadMs: number, kills: Record<AppName, number>): Strike[] {
  const volleys: Volley[] = [
    ...APPS.map((target): Volley => ({ target, how: "kill", times: kills[target], downMs: [50, 1_500] })),
    ...APPS.map((target): Volley => ({
      target,
      how: "freeze",
      times: kills[target] > 1 ? 1 : 0,
      downMs: [300, 2_500],
    })),
    { target: "redis", how: "kill and flush", times: 2, downMs: [100, 2_500] },
    { target: "redis", how: "flush", times: 2, downMs: [0, 0] },
    { target: "postgres", how: "stop", times: 1, downMs: [1_000, 3_000] },
    { target: "postgres", how: "kill", times: 2, downMs: [1_000, 3_000] },
  ];
  return volleys
    .flatMap((volley) => spread(createRandom(seed, `${volley.how} ${volley.target}`), volley, loadMs))
    .toSorted((a, b) => a.atMs - b.atMs);
}

/** Somewhere within equal parts of the load, so that no stretch of it stays calm. */
function spread(random: ReturnType<typeof createRandom>, volley: Volley, loadMs: number): Strike[] {
  const part = loadMs / volley.times;
  return Array.from({ length: volley.times }, (_empty, index) => ({
    target: volley.target,
    how: volley.how,
    atMs: Math.round(part * (index + 0.1 + 0.8 * random.next())),
    downMs: random.int(...volley.downMs),
  }));
}

export function describeStrike(strike: Strike): string {
  const { target, how, downMs } = strike;
  return `${how} ${target}${downMs > 0 ? ` for ${downMs} ms` : ""}`;
}
