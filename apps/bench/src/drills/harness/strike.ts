import { setTimeout as sleep } from "node:timers/promises";
import type { Installation } from "./installation.ts";
import { describeStrike, type Strike } from "./plan-strikes.ts";

/** What was really done, and when. */
export interface StrikeRecord {
  what: string;
  atMs: number;
  upAgainAtMs: number;
}

export interface Strikes {
  log: readonly StrikeRecord[];
  /** Resolves when the last strike was done and everything was started again. */
  done: Promise<void>;
}

/** Carries out the schedule, counted from now. A target that is still down from one strike meets the next one later. */
export function carryOut(schedule: readonly Strike[], installation: Installation): Strikes {
  const startedAt = performance.now();
  const elapsed = (): number => Math.round(performance.now() - startedAt);
  const log: StrikeRecord[] = [];
  const lastOf = new Map<string, Promise<void>>();

  async function carryOutOne(strike: Strike, previous: Promise<void> | undefined): Promise<void> {
    await sleep(strike.atMs);
    await previous;
    const record: StrikeRecord = { what: describeStrike(strike), atMs: elapsed(), upAgainAtMs: 0 };
    log.push(record);
    await strikeOnce(strike, installation);
    record.upAgainAtMs = elapsed();
  }

  for (const strike of schedule) {
    lastOf.set(strike.target, carryOutOne(strike, lastOf.get(strike.target)));
  }
  return { log, done: Promise.all(lastOf.values()).then(() => undefined) };
}

async function strikeOnce({ target, how, downMs, byMs = 0 }: Strike, installation: Installation): Promise<void> {
  const { servers } = installation;
  switch (target) {
    case "redis":
      if (how === "kill and flush") {
        await servers.redis.kill();
        await sleep(downMs);
        await servers.redis.restart();
      }
      // After the restart: what was published until then is lost with the rest.
      await servers.flushRedis();
      return;
    case "postgres":
      await (how === "stop" ? servers.postgres.stop() : servers.postgres.kill());
      await sleep(downMs);
      await servers.postgres.restart();
      return;
    case "api":
    case "worker-ingest":
    case "worker-outbound":
    case "worker-sla":
    case "worker-sla-twin":
    case "worker-automation":
    case "worker-automation-twin":
    case "worker-billing":
    case "worker-billing-twin": {
      const app = installation.app(target);
      if (how === "jump") return app.jumpClock(byMs);
      await (how === "freeze" ? app.freezeFor(downMs) : app.killFor(downMs));
      return;
    }
  }
}
