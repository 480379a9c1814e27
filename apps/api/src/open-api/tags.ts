/** What routes are about, in the order in which the documentation shows them. */
export const TAGS = [
  { name: "Auth", description: "Accounts, sessions and passwords." },
  { name: "Tenants", description: "Companies. Everything else belongs to one." },
  { name: "Settings", description: "How a company works." },
  { name: "Users", description: "A company's members." },
  { name: "Invitations", description: "How people become members." },
  { name: "Teams", description: "Members who work together." },
  { name: "API keys", description: "For programs." },
  { name: "Inboxes", description: "Connected accounts of channels." },
  { name: "Contacts", description: "The company's customers, by whatever they can be reached." },
  { name: "Conversations", description: "All that is said with one contact in one inbox." },
  { name: "Messages", description: "What came in and went out." },
  { name: "Tickets", description: "Pieces of work that conversations give rise to." },
  { name: "Raw events", description: "Webhooks as they arrived, and what became of them." },
  { name: "Audit log", description: "Who changed what." },
  { name: "Webhooks in", description: "Where channels call. Each is verified by its own signature." },
  { name: "Health", description: "For load balancers and operators." },
];
