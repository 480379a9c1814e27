import { authorize, type RequestContext } from "../context/index.ts";
import { toJsonEnum } from "../json/index.ts";
import { CHANNEL_DEFAULTS } from "../sla-defaults/index.ts";
import type { ChannelDefaultJson } from "./schemas.ts";

/** What is usual on each channel of which that is known. */
export function listChannelDefaults(ctx: RequestContext): ChannelDefaultJson[] {
  authorize(ctx, "sla.read");
  return CHANNEL_DEFAULTS.map(({ channel, clock, ...same }) => ({
    ...same,
    channel: toJsonEnum(channel),
    clock: toJsonEnum(clock),
  }));
}
