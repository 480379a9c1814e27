import { setTimeout as sleep } from "node:timers/promises";
import type { Channel, MessageStatus } from "@parley/db";
import type { Departure, JobHandlers, JobOutcome, PayloadOf, SlotLimits } from "@parley/queue";
import { createMicroBatch } from "@parley/runtime";
import { SLOT_LEAD_MS, jobDelayMs, sendLimits, type outboundQueue } from "../outbound-queue/index.ts";
import { maySend } from "../tenants/index.ts";
import { callChannel } from "./call-channel.ts";
import { claimMessages, type ClaimedMessage } from "./claim-messages.ts";
import type { OutboundContext } from "./outbound-context.ts";
import { readPlans, type SendPlan } from "./read-plan.ts";
import { recordPatiently } from "./record-patiently.ts";
import type { SettledClaim } from "./record-settlements.ts";
import { settle, type Settlement } from "./settle.ts";
import { createTravelTime, type TravelTime } from "./travel-time.ts";

type SendJob = PayloadOf<(typeof outboundQueue)["jobs"]["send_message"]>;

/** A message is claimed this much before its slot, not sooner: if the process dies, what it has claimed is UNKNOWN. */
const CLAIM_LEAD_MS = 40;
/**
 * A claim that is older is not sent under: the process was stopped, or its slot never came. Far shorter than a lease,
 * so that nobody can have given the message up meanwhile.
 */
export const CLAIM_VALID_MS = 3_000;
const RECORD_PATIENCE_MS = 15_000;
const MAX_BATCH = 200;

/**
 * Sends one message: reads whether it may leave, reserves its slot (a far one delays the job, once), claims it,
 * calls the channel and records the outcome. Reads, claims and records of jobs under way at the same time share
 * statements.
 */
export function createOutboundHandlers(ctx: OutboundContext): JobHandlers<(typeof outboundQueue)["jobs"]> {
  const plans = createMicroBatch<SendJob, SendPlan | undefined>({
    maxItems: MAX_BATCH,
    run: (jobs) => readPlans(ctx.database, jobs, ctx.clock.now()),
  });
  const claims = createMicroBatch<SendJob, ClaimedMessage | undefined>({
    maxItems: MAX_BATCH,
    run: (jobs) => claimMessages(ctx.database, jobs, ctx.clock.now()),
  });
  const travelTimes = new Map<Channel, TravelTime>();
  const records = createMicroBatch<SettledClaim, MessageStatus | undefined>({
    maxItems: MAX_BATCH,
    run: (settled) => recordPatiently(ctx, settled, RECORD_PATIENCE_MS),
  });

  async function sendMessage(job: SendJob): Promise<JobOutcome> {
    const plan = await plans.submit(job);
    // Whoever settles the message in front, or resumes the inbox or the tenant, wakes this one.
    if (plan?.status !== "QUEUED" || plan.isBehind || isHeldBack(plan)) return;
    if (plan.nextAttemptAt && plan.nextAttemptAt > ctx.clock.now()) return { runAgainAt: plan.nextAttemptAt };

    const limits = sendLimits(plan.messagesPerSecond);
    const slot = { account: job.inboxId, recipient: job.conversationId, message: job.messageId };
    const waitMs = await ctx.slots.lineUp(slot, limits, SLOT_LEAD_MS);
    if (waitMs > SLOT_LEAD_MS) return { runAgainAt: after(jobDelayMs(waitMs)) };

    const readyAt = performance.now() + waitMs;
    await sleepUntil(readyAt - CLAIM_LEAD_MS);
    const claimBy = performance.now() + CLAIM_VALID_MS;
    const claim = await claims.submit(job);
    if (!claim) return;
    const settlement = plan.windowClosed ? WINDOW_CLOSED : await sendInSlot(claim, slot, limits, { readyAt, claimBy });
    const status = await records.submit({ claim, settlement });
    if (settlement.pushBack) {
      const { scope, delayMs } = settlement.pushBack;
      await ctx.slots.pushBack(scope === "account" ? { account: slot.account } : slot, delayMs, limits);
    }
    if (status === "QUEUED" && settlement.retryAfterMs !== undefined)
      return { runAgainAt: after(settlement.retryAfterMs) };
  }

  async function sendInSlot(
    claim: ClaimedMessage,
    { account }: { account: string },
    limits: SlotLimits,
    { readyAt, claimBy }: { readyAt: number; claimBy: number },
  ): Promise<Settlement> {
    const departure = { account, message: claim.messageId, attempt: claim.attempt };
    await sleepUntil(readyAt);
    let askedAt = performance.now();
    for (let wait = await depart(departure, limits); wait > 0; wait = await depart(departure, limits)) {
      if (wait === Infinity) return MISSED_SLOT;
      if (performance.now() + wait > claimBy) return { ...MISSED_SLOT, retryAfterMs: wait };
      await sleep(Math.ceil(wait));
      askedAt = performance.now();
    }
    if (performance.now() > claimBy) return MISSED_SLOT;
    const outcome = await callChannel(ctx, claim);
    tellDelay(claim.channel, departure, performance.now() - askedAt);
    return settle(outcome, claim);
  }

  /** Without Redis there is no turn: the message is claimed, so it must be given back rather than left to its lease. */
  async function depart(departure: Departure, limits: SlotLimits): Promise<number> {
    try {
      return await ctx.slots.depart(departure, limits);
    } catch (error) {
      ctx.logger.warn({ err: error, messageId: departure.message }, "no turn was given; the message is queued again");
      return Infinity;
    }
  }

  /** Nothing waits for it: without it, some other message may arrive a moment too early. */
  function tellDelay(channel: Channel, departure: Departure, tookMs: number): void {
    const travelTime = travelTimes.get(channel) ?? createTravelTime();
    travelTimes.set(channel, travelTime);
    ctx.slots.delayed(departure, travelTime.excess(tookMs)).catch((error: unknown) => {
      ctx.logger.debug({ err: error }, "the delay of a message was not counted");
    });
  }

  const after = (delayMs: number): Date => new Date(ctx.clock.now().getTime() + delayMs);
  return { send_message: sendMessage };
}

function isHeldBack({ inboxStatus, tenantStatus }: SendPlan): boolean {
  return inboxStatus === "PAUSED" || !maySend(tenantStatus);
}

async function sleepUntil(at: number): Promise<void> {
  const early = at - performance.now();
  if (early > 1) await sleep(early);
}

const MISSED_SLOT: Settlement = { messageStatus: "QUEUED", attemptState: "NOT_SENT", retryAfterMs: 0 };

const WINDOW_CLOSED: Settlement = {
  messageStatus: "FAILED",
  attemptState: "NOT_SENT",
  error: {
    code: "window_closed",
    title: "The reply window is closed",
    detail: "The customer last wrote more than 24 hours ago; only a template can be sent until they write again.",
    retryable: false,
  },
};
