import type { RequestContext } from "../context/index.ts";
import { withTurnDesk, type TurnDesk } from "../turns/turn-desk.fixture.ts";
import { createDraft, type DraftRow, type Proposal } from "./index.ts";

export const PROPOSED = "We are looking into it.";

/** A desk at which something is proposed to agents. */
export interface DraftDesk extends TurnDesk {
  /** As a rule does, in answer to the customer's newest message unless another is named. */
  propose(proposal?: Partial<Proposal>): Promise<DraftRow>;
  drafts(): Promise<{ id: string; state: string; reason: string | null }[]>;
  /** A program of the company with these rights. */
  program(...scopes: Extract<RequestContext["actor"], { type: "api_key" }>["scopes"]): RequestContext;
}

/** One context for a file, and a company with a ticket before each test, which `use` is given. */
export function withDraftDesk(use: (desk: DraftDesk) => void): void {
  withTurnDesk((desk) => use(openDraftDesk(desk)));
}

function openDraftDesk(desk: TurnDesk): DraftDesk {
  return {
    ...desk,
    propose: (proposal = {}) =>
      desk.locked(async (tx, { conversation, ticket }) =>
        createDraft(desk.ctx, tx, conversation, {
          text: PROPOSED,
          language: "en",
          confidence: 0.8,
          sources: [],
          actions: [],
          ticketId: ticket.id,
          messageId: (await desk.inbound()).at(-1) ?? null,
          ...proposal,
        }),
      ),
    async drafts() {
      const drafts = await desk.read((tx) => tx.aiResponseDraft.findMany({ orderBy: { id: "asc" } }));
      return drafts.map(({ id, state, reason }) => ({ id, state, reason }));
    },
    program: (...scopes) => ({
      ...desk.agent,
      actor: {
        type: "api_key",
        apiKeyId: "019aa3a4-5c00-7000-8000-000000000001",
        isSuperAdmin: false,
        tenantId: desk.tenantId,
        role: "AGENT",
        scopes,
      },
    }),
  };
}
