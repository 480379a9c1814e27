import { isUniqueViolation, type Channel } from "@parley/db";
import { DomainError, newId } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { once } from "../idempotency/index.ts";
import { reviseSla } from "../sla-clocks/index.ts";
import { CHANNEL_DEFAULTS, type ChannelDefault } from "./channel-defaults.ts";
import { lastPosition } from "./create-policy.ts";
import { nameTaken, toPolicyJson } from "./policy-json.ts";
import type { AdoptDefaultsInput, SlaPolicyJson } from "./schemas.ts";

/**
 * Makes a policy of what is usual on each of these channels, behind those that there are: they can be changed as any other.
 * `validation_failed`: of a channel nothing is known; `conflict`: it was adopted before.
 */
export async function adoptChannelDefaults(
  ctx: RequestContext,
  { channels }: AdoptDefaultsInput,
): Promise<SlaPolicyJson[]> {
  const tenantId = authorize(ctx, "sla.manage");
  const chosen = [...new Set(channels)].map((channel, index) => defaultOf(channel, index));
  try {
    return await ctx.database.withTenant(tenantId, (tx) =>
      once(ctx, tx, async () => {
        const now = ctx.clock.now();
        let position = await lastPosition(tx, tenantId);
        const policies: SlaPolicyJson[] = [];
        for (const { channel, clock, hours, targets, autoRepliesCount } of chosen) {
          const id = newId();
          const name = `${channel.charAt(0)}${channel.slice(1).toLowerCase()}`;
          const created = await tx.slaPolicy.create({
            data: {
              tenantId,
              id,
              name,
              position: (position += 1),
              match: { channels: [channel] },
              clock,
              ...(hours && { hours }),
              targets: { default: targets, byPriority: {} },
              warnAtPercent: 80,
              autoRepliesCount,
              createdAt: now,
              updatedAt: now,
            },
          });
          const policy = toPolicyJson(created);
          const subject = { type: "sla_policy", id };
          await recordAudit(ctx, tx, tenantId, { action: "sla_policy.created", subject, after: policy });
          policies.push(policy);
        }
        await reviseSla(ctx, tx, tenantId);
        return policies;
      }),
    );
  } catch (error) {
    if (isUniqueViolation(error)) throw nameTaken();
    throw error;
  }
}

function defaultOf(channel: Channel, index: number): ChannelDefault {
  const known = CHANNEL_DEFAULTS.find((each) => each.channel === channel);
  if (known) return known;
  const message = `has no known default; those that have one are in GET /sla/channel-defaults`;
  throw new DomainError("validation_failed", `The channel ${channel.toLowerCase()} ${message}.`, {
    fields: [{ path: `channels.${index}`, message }],
  });
}
