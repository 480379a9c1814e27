import { headersOf } from "../tickets/list-requests.ts";
import type { PreparedRequest } from "../tickets/request-generator.ts";
import type { Asker } from "../tickets/world.ts";
import type { Sought } from "./sought.ts";

/** What is measured. The same requests go to both servers, and ask for no more than the small world has. */
export interface Operation {
  about: string;
  path(sought: Sought): string;
}

const query = (parameters: Record<string, string>): string => new URLSearchParams(parameters).toString();
const contacts = (search: string): string => `/api/v1/contacts?${query({ search, limit: "5" })}`;
const found = (q: string): string => `/api/v1/search?${query({ q, type: "message", limit: "20" })}`;

/** Words that stand in every fourth message or so, of either language. */
const COMMON = ["commande", "order"];

export const OPERATIONS = {
  conversations: { about: "GET /conversations, 20", path: () => "/api/v1/conversations?limit=20" },
  messages: {
    about: "GET /conversations/:id/messages, 5",
    path: ({ conversationId }) => `/api/v1/conversations/${conversationId}/messages?limit=5`,
  },
  contactName: { about: "GET /contacts?search= of a name", path: ({ name }) => contacts(name) },
  contactPhone: {
    about: "GET /contacts?search= of a part of a number",
    path: ({ phone }) => contacts(phone.slice(-7)),
  },
  contactTypo: {
    about: "GET /contacts?search= of a name with a letter too few",
    path: ({ name }) => contacts(mistyped(name)),
  },
  rareWord: { about: "GET /search of an order in messages", path: ({ order }) => found(order) },
  commonWord: {
    about: "GET /search of a common word in messages, 20",
    path: ({ order }) => found(COMMON[order.length % 2 === 0 ? 0 : 1] ?? ""),
  },
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof OPERATIONS;

export function requestsOf(
  operation: Operation,
  askers: readonly Asker[],
  sought: readonly Sought[],
): PreparedRequest[] {
  return sought.flatMap((each) => {
    const asker = askers.find(({ tenantId }) => tenantId === each.tenantId);
    return asker
      ? [{ label: operation.about, method: "GET", path: operation.path(each), headers: headersOf(asker) }]
      : [];
  });
}

/** Without the fourth letter from the end. */
function mistyped(name: string): string {
  return name.slice(0, -4) + name.slice(-3);
}
