import type { CalendarInput } from "@parley/calendar";
import type { Channel, SlaClock } from "@parley/db";

const DAY_SECONDS = 24 * 3_600;
const WORKING_DAY = [{ from: "00:00", to: "24:00" }];

/** What is usual on a channel, or asked for by its operator. */
export interface ChannelDefault {
  channel: Channel;
  isConfirmed: boolean;
  note: string;
  clock: SlaClock;
  hours: { [Day in keyof CalendarInput["businessHours"]]: { from: string; to: string }[] } | null;
  targets: {
    firstResponseSeconds: number | null;
    nextResponseSeconds: number | null;
    resolutionSeconds: number | null;
  };
  autoRepliesCount: boolean;
  /**
   * Whether a company promises it by connecting its first inbox of the channel. A marketplace counts its sellers' answers,
   * whether they know it or not, and holds them against them: so somebody who does nothing should see them counted, too.
   */
  isAutomatic: boolean;
}

const within24Hours = {
  clock: "CALENDAR",
  hours: null,
  targets: { firstResponseSeconds: DAY_SECONDS, nextResponseSeconds: DAY_SECONDS, resolutionSeconds: null },
  autoRepliesCount: true,
  isAutomatic: true,
} as const;

/** Nobody has published it; each operator sets its own. */
function usual(channel: Channel): ChannelDefault {
  return { ...within24Hours, channel, isConfirmed: false, note: "Usually 24 hours; your contract may say otherwise." };
}

/**
 * A hard limit of what can be sent, and not of quality: afterwards only templates, or people, may write. Nobody counts how
 * soon a company answers, so whether it promises that is its own decision.
 */
function replyWindow(channel: Channel): ChannelDefault {
  const note = "Free answers are possible for 24 hours after the customer wrote.";
  return { ...within24Hours, channel, isConfirmed: true, note, isAutomatic: false };
}

/** Of the other channels none is known. */
export const CHANNEL_DEFAULTS: readonly ChannelDefault[] = [
  {
    ...within24Hours,
    channel: "AMAZON",
    isConfirmed: true,
    note: "Answers within 24 hours, on weekends and holidays too; automatic replies do not count.",
    autoRepliesCount: false,
  },
  {
    channel: "RAKUTEN",
    isConfirmed: false,
    note: "Claims are settled within three working days, or support takes over; confirmed for private sellers only.",
    clock: "BUSINESS_HOURS",
    hours: {
      monday: WORKING_DAY,
      tuesday: WORKING_DAY,
      wednesday: WORKING_DAY,
      thursday: WORKING_DAY,
      friday: WORKING_DAY,
    },
    targets: { firstResponseSeconds: null, nextResponseSeconds: null, resolutionSeconds: 3 * DAY_SECONDS },
    autoRepliesCount: true,
    isAutomatic: true,
  },
  ...(["WHATSAPP", "FACEBOOK", "INSTAGRAM"] as const).map(replyWindow),
  ...(["CDISCOUNT", "FNAC", "MANOMANO", "MIRAKL", "BACKMARKET"] as const).map(usual),
];
