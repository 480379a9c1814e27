/** What whatever a plan limits may be refused for; a route adds it to its own refusals. */
export const planIsUsedUp = {
  quota_exceeded:
    "This month's messages of the company's plan are used up; ask the platform's administrators for a larger plan or for recharges, or wait for the next month.",
} as const;
