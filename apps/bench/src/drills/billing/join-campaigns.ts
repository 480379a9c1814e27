import type { Random } from "../harness/random.ts";
import type { PlannedReply } from "../send/post-replies.ts";

const SHARE = 0.5;
/** Few, so that customers get several messages of one. */
const CAMPAIGNS = ["Spring sale", "Été 🌞", "=SUM(A1)"] as const;

/** Makes some of the replies parts of campaigns. */
export function joinCampaigns(random: Random, planned: readonly PlannedReply[][]): PlannedReply[][] {
  return planned.map((replies) =>
    replies.map((reply) => (random.chance(SHARE) ? { ...reply, campaign: random.pick(CAMPAIGNS) } : reply)),
  );
}
