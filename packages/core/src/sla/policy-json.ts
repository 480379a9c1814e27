import { Prisma, type Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { z } from "zod";
import { toJsonEnum } from "../json/index.ts";
import { businessHours } from "../settings/index.ts";
import {
  createSlaPolicyInput,
  type ChangeSlaPolicyInput,
  type CreateSlaPolicyInput,
  type SlaPolicyJson,
} from "./schemas.ts";
import type { StepAction, StepActionJson } from "./step-actions.ts";

type PolicyRow = Prisma.SlaPolicyGetPayload<object>;
type PolicyColumns = Omit<Prisma.SlaPolicyUncheckedUpdateInput, "tenantId" | "id">;

/** What was stored is read as it was given. */
const stored = z.object({
  match: createSlaPolicyInput.shape.match.unwrap(),
  targets: createSlaPolicyInput.shape.targets,
  escalations: createSlaPolicyInput.shape.escalations.unwrap(),
});

export function toPolicyJson(policy: PolicyRow): SlaPolicyJson {
  const { id, name, position, isActive, pauseIn, warnAtPercent, autoRepliesCount } = policy;
  const { match, targets, escalations } = stored.parse({ ...policy, targets: lowered(policy.targets) });
  return {
    id,
    name,
    position,
    isActive,
    match: {
      inboxIds: match.inboxIds,
      channels: match.channels?.map(toJsonEnum),
      tags: match.tags,
      priorities: match.priorities?.map(toJsonEnum),
      plans: match.plans?.map(toJsonEnum),
    },
    clock: toJsonEnum(policy.clock),
    hours: policy.hours === null ? null : businessHours.catch({}).parse(policy.hours),
    targets,
    // The schema lets only these in.
    pauseIn: pauseIn.map((status) => toJsonEnum(status) as SlaPolicyJson["pauseIn"][number]),
    warnAtPercent,
    autoRepliesCount,
    escalations: escalations.map(({ metrics, actions, ...step }) => ({
      ...step,
      metrics: metrics?.map(toJsonEnum) ?? null,
      actions: actions.map(toStepJson),
    })),
    createdAt: policy.createdAt.toISOString(),
    updatedAt: policy.updatedAt.toISOString(),
  };
}

/** What of a policy was given, as its columns. Priorities are keys in upper case there, as whoever judges looks them up. */
export function toColumns(given: CreateSlaPolicyInput | ChangeSlaPolicyInput): PolicyColumns {
  const { targets, hours, escalations, match, ...same } = given;
  return {
    ...same,
    ...(match && { match }),
    ...(targets && { targets: { ...targets, byPriority: withKeys(targets.byPriority, (key) => key.toUpperCase()) } }),
    ...(hours !== undefined && { hours: hours ?? Prisma.DbNull }),
    ...(escalations && { escalations }),
  };
}

function toStepJson(action: StepAction): StepActionJson {
  switch (action.type) {
    case "escalate":
    case "notify_user":
    case "notify_team_leads":
    case "assign_user":
    case "assign_team":
    case "add_tags":
      return action;
    case "set_priority":
      return { ...action, priority: toJsonEnum(action.priority) };
  }
}

function lowered(targets: Prisma.JsonValue): unknown {
  const { byPriority, ...others } = z.looseObject({ byPriority: z.record(z.string(), z.unknown()) }).parse(targets);
  return { ...others, byPriority: withKeys(byPriority, (key) => key.toLowerCase()) };
}

function withKeys<Value>(record: Record<string, Value>, keyOf: (key: string) => string): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [keyOf(key), value]));
}

/** The policy, locked until the transaction ends. */
export async function readLockedPolicy(tx: Tx, tenantId: string, id: string): Promise<SlaPolicyJson> {
  await tx.$executeRaw`select from sla_policy where tenant_id = ${tenantId}::uuid and id = ${id}::uuid for update`;
  const policy = await tx.slaPolicy.findUnique({ where: { tenantId_id: { tenantId, id } } });
  if (!policy) throw noSuchPolicy();
  return toPolicyJson(policy);
}

export function noSuchPolicy(): DomainError {
  return new DomainError("not_found", "There is no SLA policy with this id.");
}

export function nameTaken(): DomainError {
  return new DomainError(
    "conflict",
    "An SLA policy of this name exists already; change that one, or choose another name.",
  );
}
