import type { MediaLoss } from "@parley/channels";

/** Why a file is FAILED: the channel will not give it, gives something else, or did not within its seven days. */
export type MediaFailure = MediaLoss | "corrupted" | "expired";
