import { benchId } from "../../world/bench-ids.ts";

/** Three filters that agents set, as a query string. Some mean many tickets, some hardly any. */
export const LIST_VARIANTS: Readonly<
  Record<string, (of: { tenant: number; userId: string }) => Record<string, string>>
> = {
  "mine that are urgent": ({ userId }) => ({
    status: "open,pending,escalated",
    priority: "high,urgent",
    assigneeId: userId,
  }),
  "what I have closed, normal": ({ userId }) => ({ status: "closed", priority: "normal", assigneeId: userId }),
  "open with a common tag": () => ({ status: "open", priority: "normal,high", tag: "late" }),
  "nobody's, urgent": () => ({ status: "open,escalated", priority: "urgent", assigneeId: "none" }),
  "closed of a team and channel": ({ tenant }) => ({
    status: "resolved,closed",
    channel: "whatsapp",
    teamId: benchId("team", tenant, 0),
  }),
  "closed with a common tag": () => ({ status: "closed", priority: "urgent,high", tag: "refund" }),
  "unfinished with a rare tag": () => ({
    status: "open,pending,waiting_customer,escalated",
    priority: "normal",
    tag: "legal",
  }),
};
