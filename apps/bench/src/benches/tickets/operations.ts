import { headersOf, listRequests } from "./list-requests.ts";
import { pageKey, type PageSizes } from "./page-sizes.ts";
import type { PreparedRequest } from "./request-generator.ts";
import { findUnfinished, type KnownTicket } from "./ticket-sets.ts";
import { findSeekers, releaseTaken } from "./waiting-tickets.ts";
import type { Asker, World } from "./world.ts";

/** What is measured. The same requests go to both servers. */
export interface Operation {
  about: string;
  /** The requests of one round, and what must be undone after them. */
  prepare(
    world: World & { pageSizes: PageSizes },
  ): Promise<{ requests: PreparedRequest[]; undo?: () => Promise<void> }>;
  /**
   * In a larger world it answers with more, so its latency is no measure of growth: the same is asked for in pages of
   * one size.
   */
  answersMore?: true;
  /** Each request is sent once, because it leaves less for the next; otherwise they are repeated for some seconds. */
  isOnce: boolean;
}

const PRIORITIES = ["low", "normal", "high", "urgent"];

export const OPERATIONS = {
  list: {
    about: "GET /tickets with three filters",
    isOnce: false,
    answersMore: true,
    prepare: async ({ askers }) => ({ requests: listRequests(askers) }),
  },
  samePage: {
    about: "the same, as many at a time as the small world has",
    isOnce: false,
    prepare: async ({ askers, pageSizes }) => ({
      requests: listRequests(askers).map((request) => ({
        ...request,
        // Of what the small world has nothing of, one is looked for.
        path: `${request.path}&limit=${Math.max(1, sizeOf(pageSizes, request))}`,
      })),
    }),
  },
  counts: {
    about: "GET /views/counts",
    isOnce: false,
    prepare: async ({ askers }) => ({
      requests: askers.map((asker): PreparedRequest => ({
        label: "counts",
        method: "GET",
        path: "/api/v1/views/counts",
        headers: headersOf(asker),
      })),
    }),
  },
  update: {
    about: "PATCH /tickets/:id of the priority",
    isOnce: false,
    async prepare({ database, askers }) {
      const tickets = await findUnfinished(database, askers);
      // Each time another priority than before, in whatever round.
      const requests = PRIORITIES.flatMap((_priority, turn) =>
        tickets.map((ticket): PreparedRequest => {
          const priority =
            PRIORITIES[(PRIORITIES.indexOf(ticket.priority.toLowerCase()) + 1 + turn) % PRIORITIES.length];
          return {
            label: "update",
            method: "PATCH",
            path: `/api/v1/tickets/${ticket.id}`,
            headers: headersOf(askerOf(askers, ticket)),
            body: { priority },
          };
        }),
      );
      return { requests };
    },
  },
  next: {
    about: "POST /tickets/next",
    isOnce: true,
    async prepare({ database, askers }) {
      const seekers = await findSeekers(database, askers);
      const requests = seekers.map((asker): PreparedRequest => ({
        label: "next",
        method: "POST",
        path: "/api/v1/tickets/next",
        headers: headersOf(asker),
        body: {},
      }));
      return { requests, undo: () => releaseTaken(database, seekers) };
    },
  },
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof OPERATIONS;

function sizeOf(pageSizes: PageSizes, { path, headers }: PreparedRequest): number {
  const size = pageSizes.get(pageKey({ path, headers }));
  if (size === undefined) throw new Error(`nobody has asked the small world for ${path}`);
  return size;
}

function askerOf(askers: readonly Asker[], { tenantId }: KnownTicket): Asker {
  const asker = askers.find((each) => each.tenantId === tenantId);
  if (!asker) throw new Error(`nobody is signed in to ${tenantId}`);
  return asker;
}
