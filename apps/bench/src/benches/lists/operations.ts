import { headersOf } from "../tickets/list-requests.ts";
import type { PreparedRequest } from "../tickets/request-generator.ts";
import type { Sought } from "./sought.ts";
import type { ListWorld } from "./world.ts";

/** What is measured. The same requests go to both servers, and ask for no more than the small world has. */
export interface Operation {
  about: string;
  /** Reports are not for agents. */
  by: "agents" | "managers";
  path(sought: Sought): string;
}

const query = (parameters: Record<string, string>): string => new URLSearchParams(parameters).toString();
const contacts = (search: string): string => `/api/v1/contacts?${query({ search, limit: "5" })}`;
const overview = (days: string): string => `/api/v1/analytics/overview?${query({ days })}`;
const found = (q: string): string => `/api/v1/search?${query({ q, type: "message", limit: "20" })}`;

/** Words that stand in many messages of the languages that most write. */
const COMMON = ["commande", "order"];

export const OPERATIONS = {
  conversations: { about: "GET /conversations, 20", by: "agents", path: () => "/api/v1/conversations?limit=20" },
  messages: {
    about: "GET /conversations/:id/messages, 5",
    by: "agents",
    path: ({ conversationId }) => `/api/v1/conversations/${conversationId}/messages?limit=5`,
  },
  contactName: { about: "GET /contacts?search= of a name", by: "agents", path: ({ name }) => contacts(name) },
  contactPhone: {
    about: "GET /contacts?search= of a part of a number",
    by: "agents",
    path: ({ phone }) => contacts(phone.slice(-7)),
  },
  contactTypo: {
    about: "GET /contacts?search= of a name with a letter too few",
    by: "agents",
    path: ({ name }) => contacts(mistyped(name)),
  },
  rareWord: { about: "GET /search of an order in messages", by: "agents", path: ({ order }) => found(order) },
  commonWord: {
    about: "GET /search of a common word in messages, 20",
    by: "agents",
    path: ({ order }) => found(COMMON[Number(order.at(-1)) % COMMON.length] ?? ""),
  },
  overview30: { about: "GET /analytics/overview, 30 days", by: "managers", path: () => overview("30") },
  overview365: { about: "GET /analytics/overview, 365 days", by: "managers", path: () => overview("365") },
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof OPERATIONS;

export function requestsOf(
  operation: Operation,
  world: Pick<ListWorld, Operation["by"]>,
  sought: readonly Sought[],
): PreparedRequest[] {
  return sought.flatMap((each) => {
    const asker = world[operation.by].find(({ tenantId }) => tenantId === each.tenantId);
    return asker
      ? [{ label: operation.about, method: "GET", path: operation.path(each), headers: headersOf(asker) }]
      : [];
  });
}

/** Without the fourth letter from the end. */
function mistyped(name: string): string {
  return name.slice(0, -4) + name.slice(-3);
}
