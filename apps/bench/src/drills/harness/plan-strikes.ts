import { createRandom } from "./random.ts";

/** The apps that a drill may start. A twin is the same app once more. */
export type AppName =
  | "api"
  | "worker-ingest"
  | "worker-outbound"
  | "worker-sla"
  | "worker-sla-twin"
  | "worker-automation"
  | "worker-automation-twin"
  | "worker-billing"
  | "worker-billing-twin";

/**
 * One blow of a drill, `atMs` after the start of the load:
 * - an app is killed (SIGKILL) and started again after `downMs`, or frozen (SIGSTOP) for as long;
 * - an app's clock is put forward or back, by `byMs`, until the next time;
 * - Redis is killed and comes back empty (FLUSHALL), or is emptied while it runs;
 * - PostgreSQL is stopped (SIGINT, "fast") or killed, and comes back.
 */
export interface Strike {
  atMs: number;
  downMs: number;
  target: AppName | "redis" | "postgres";
  how: "kill" | "freeze" | "jump" | "kill and flush" | "flush" | "stop";
  byMs?: number;
}

interface Volley {
  target: Strike["target"];
  how: Strike["how"];
  /** How often within the load. */
  times: number;
  downMs: [least: number, most: number];
}

/** How often each app of a drill is killed. */
export type Kills = Partial<Record<AppName, number>>;

/** What all drills go through; how often depends on whom the drill is about. */
export function planStrikes(seed: number, loadMs: number, kills: Kills): Strike[] {
  const apps = Object.entries(kills) as [AppName, number][];
  const volleys: Volley[] = [
    ...apps.map(([target, times]): Volley => ({ target, how: "kill", times, downMs: [50, 1_500] })),
    ...apps.map(([target, times]): Volley => ({
      target,
      how: "freeze",
      times: times > 1 ? 1 : 0,
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

const FARTHEST_JUMP_MS = 2 * 3_600_000;

/** Clocks of these apps go astray, so many times each. */
export function planJumps(seed: number, loadMs: number, targets: readonly AppName[], times: number): Strike[] {
  return targets.flatMap((target) => {
    const random = createRandom(seed, `jump ${target}`);
    return spread(random, { target, how: "jump", times, downMs: [0, 0] }, loadMs).map((strike) => ({
      ...strike,
      byMs: random.int(-FARTHEST_JUMP_MS, FARTHEST_JUMP_MS),
    }));
  });
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
  const { target, how, downMs, byMs } = strike;
  if (byMs !== undefined) return `clock of ${target} is ${byMs} ms off`;
  return `${how} ${target}${downMs > 0 ? ` for ${downMs} ms` : ""}`;
}
