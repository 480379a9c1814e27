import type { Account } from "../accounts.ts";
import type { UpdateFate } from "../fault-draws.ts";
import { statusError } from "../graph/graph-error.ts";
import type { AcceptedMessage, StatusRecord } from "../ledger-records.ts";
import type { World } from "../world.ts";

/** How the life of one accepted message is to go. */
export interface StatusPlan {
  isBusinessScoped: boolean;
  /** The code of the one status `failed` that takes the place of all others. */
  failsWith: number | undefined;
  /** The first status is to reach the webhook before the sender has its answer. */
  beforeAnswer: boolean;
}

interface Step {
  status: "sent" | "delivered" | "read" | "failed";
  delayMs: number;
}

/**
 * Decides, at once and in order of acceptance, which statuses a message will have and what befalls each, and
 * sends them on their way. With `beforeAnswer`, returns what the answer has to wait for.
 */
export function scheduleStatuses(
  world: World,
  account: Account,
  message: AcceptedMessage,
  plan: StatusPlan,
): Promise<void> | undefined {
  let firstArrived: Promise<void> | undefined;
  for (const step of stepsOf(world, message, plan)) {
    const fate = world.faults.drawUpdate();
    const record: StatusRecord = {
      id: message.id,
      status: step.status,
      to: message.to,
      opaque: message.opaque,
      at: message.at,
      dropped: fate.dropped,
      acknowledged: false,
    };
    world.ledger.recordStatus(record);
    if (fate.dropped) {
      world.ledger.countFault("dropStatus");
      continue;
    }
    const overtakesAnswer = plan.beforeAnswer && firstArrived === undefined;
    const arrived = sendStatus(world, account, message, { step, plan, record, fate, overtakesAnswer });
    if (overtakesAnswer) firstArrived = arrived;
  }
  if (firstArrived) world.ledger.countFault("statusBeforeAnswer");
  return firstArrived;
}

function stepsOf(world: World, message: AcceptedMessage, plan: StatusPlan): Step[] {
  const { sentMs, deliveredMs, readMs } = world.statusDelays;
  if (plan.failsWith !== undefined) return [{ status: "failed", delayMs: sentMs }];
  const steps: Step[] = [{ status: "sent", delayMs: sentMs }];
  // A reaction is sent and no more is heard of it.
  if (message.type === "reaction") return steps;
  if (deliveredMs !== false) steps.push({ status: "delivered", delayMs: deliveredMs });
  if (readMs !== false) steps.push({ status: "read", delayMs: readMs });
  return steps;
}

function sendStatus(
  world: World,
  account: Account,
  message: AcceptedMessage,
  send: { step: Step; plan: StatusPlan; record: StatusRecord; fate: UpdateFate; overtakesAnswer: boolean },
): Promise<void> {
  const { step, plan, record, fate, overtakesAnswer } = send;
  const delayMs = overtakesAnswer ? 0 : step.delayMs + fate.extraDelayMs;
  const heldBack = fate.heldBack && !overtakesAnswer;
  if (heldBack) world.ledger.countFault("reorder");
  if (fate.duplicate) world.ledger.countFault("duplicate");

  return new Promise((resolve) => {
    world.courier.send(
      {
        kind: "status",
        lane: `${message.phoneNumberId}/${message.to}`,
        endpoint: account.endpoint,
        updates: [{ account, status: statusJson(message, step, plan), record }],
        duplicate: fate.duplicate,
        heldBack,
        onFirstAttempt: () => resolve(),
      },
      delayMs,
    );
  });
}

function statusJson(message: AcceptedMessage, step: Step, plan: StatusPlan): object {
  return {
    id: message.id,
    status: step.status,
    timestamp: String(Math.floor((message.at + step.delayMs) / 1000)),
    ...(plan.isBusinessScoped ? { recipient_user_id: message.to } : { recipient_id: message.to }),
    ...(message.opaque === null ? {} : { biz_opaque_callback_data: message.opaque }),
    ...(step.status === "sent" ? { pricing: pricingOf(message) } : {}),
    ...(plan.failsWith === undefined ? {} : { errors: [statusError(plan.failsWith)] }),
  };
}

function pricingOf(message: AcceptedMessage): object {
  return message.type === "template"
    ? { billable: true, pricing_model: "PMP", type: "regular", category: "utility" }
    : { billable: false, pricing_model: "PMP", type: "free_customer_service", category: "service" };
}
