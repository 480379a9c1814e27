/** The inboxes of every tenant, in their order, with how often each is written to. */
export const INBOXES = [
  { name: "WhatsApp", channel: "WHATSAPP", weight: 45, hasThreads: false },
  { name: "Web chat", channel: "WEBCHAT", weight: 10, hasThreads: false },
  { name: "E-mail", channel: "EMAIL", weight: 25, hasThreads: true },
  { name: "Amazon", channel: "AMAZON", weight: 12, hasThreads: true },
  { name: "Cdiscount", channel: "CDISCOUNT", weight: 8, hasThreads: true },
] as const;

/** By number, as weights; only of those in which somebody can have several conversations. */
export const THREADED_WEIGHTS = weightsOf(({ hasThreads }) => hasThreads);
export const INBOX_WEIGHTS = weightsOf(() => true);

function weightsOf(isWanted: (inbox: (typeof INBOXES)[number]) => boolean): Record<string, number> {
  return Object.fromEntries(
    INBOXES.flatMap((inbox, number) => (isWanted(inbox) ? [[String(number), inbox.weight] as const] : [])),
  );
}
