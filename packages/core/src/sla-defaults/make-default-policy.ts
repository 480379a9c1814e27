import type { Prisma, Tx } from "@parley/db";
import { newId } from "@parley/runtime";
import type { ChannelDefault } from "./channel-defaults.ts";

/** What a policy is called that is usual on a channel. */
export function nameOfDefault({ channel }: ChannelDefault): string {
  return `${channel.charAt(0)}${channel.slice(1).toLowerCase()}`;
}

/**
 * Makes a policy of what is usual on a channel, behind those that there are; null if its name is taken. The caller revises
 * what tickets are judged by.
 */
export async function makeDefaultPolicy(
  tx: Tx,
  tenantId: string,
  known: ChannelDefault,
  { name, now }: { name: string; now: Date },
): Promise<Prisma.SlaPolicyGetPayload<object> | null> {
  const { channel, clock, hours, targets, autoRepliesCount } = known;
  const { _max: last } = await tx.slaPolicy.aggregate({ where: { tenantId }, _max: { position: true } });
  const [policy] = await tx.slaPolicy.createManyAndReturn({
    data: [
      {
        tenantId,
        id: newId(),
        name,
        position: (last.position ?? -1) + 1,
        match: { channels: [channel] },
        clock,
        ...(hours && { hours }),
        targets: { default: targets, byPriority: {} },
        warnAtPercent: 80,
        autoRepliesCount,
        createdAt: now,
        updatedAt: now,
      },
    ],
    skipDuplicates: true,
  });
  return policy ?? null;
}
