import type { JobHandlers } from "@parley/queue";
import type { slaTimerQueue } from "../sla-clocks/index.ts";
import { fireDue } from "./fire-due.ts";
import { judgeAnew } from "./judge-anew.ts";
import type { SlaContext } from "./judge-tickets.ts";
import { takeStep } from "./take-step.ts";

/** A conversation in which somebody is writing is free again after so long, mostly. */
const BUSY_MS = 100;

/** What the worker does by itself. A slice fires whatever is due by then, so one that comes late or twice does no harm. */
export function createSlaTimerHandlers(ctx: SlaContext): JobHandlers<(typeof slaTimerQueue)["jobs"]> {
  return {
    async fire_slice() {
      const { isBusy } = await fireDue(ctx);
      return isBusy ? { runAgainAt: new Date(ctx.clock.now().getTime() + BUSY_MS) } : undefined;
    },
    judge_anew: (job) => judgeAnew(ctx, job),
    take_step: (step) => takeStep(ctx, step),
  };
}
