import type { Channel } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { once } from "../idempotency/index.ts";
import { reviseSla } from "../sla-clocks/index.ts";
import { CHANNEL_DEFAULTS, makeDefaultPolicy, nameOfDefault, type ChannelDefault } from "../sla-defaults/index.ts";
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
  return ctx.database.withTenant(tenantId, (tx) =>
    once(ctx, tx, async () => {
      const now = ctx.clock.now();
      const policies: SlaPolicyJson[] = [];
      for (const each of chosen) {
        const made = await makeDefaultPolicy(tx, tenantId, each, { name: nameOfDefault(each), now });
        if (!made) throw nameTaken();
        const policy = toPolicyJson(made);
        const subject = { type: "sla_policy", id: policy.id };
        await recordAudit(ctx, tx, tenantId, { action: "sla_policy.created", subject, after: policy });
        policies.push(policy);
      }
      await reviseSla(ctx, tx, tenantId);
      return policies;
    }),
  );
}

function defaultOf(channel: Channel, index: number): ChannelDefault {
  const known = CHANNEL_DEFAULTS.find((each) => each.channel === channel);
  if (known) return known;
  const message = `has no known default; those that have one are in GET /sla/channel-defaults`;
  throw new DomainError("validation_failed", `The channel ${channel.toLowerCase()} ${message}.`, {
    fields: [{ path: `channels.${index}`, message }],
  });
}
