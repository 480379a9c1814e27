import type { FastifyInstance } from "fastify";
import type { World } from "../world.ts";
import { tokenRefusal } from "./authorise.ts";
import { graphError } from "./graph-error.ts";
import { answerWith } from "./message-routes.ts";

const DEFAULT_PAGE = 25;

interface TemplateRoute {
  Params: { version: string; wabaId: string };
  Querystring: { limit?: string; after?: string; status?: string };
}

/** The templates that the account was configured with, in pages; the last one has no `next`. */
export function registerTemplateRoutes(app: FastifyInstance, world: World): void {
  app.get<TemplateRoute>("/:version/:wabaId/message_templates", (request, reply) => {
    const refusal = tokenRefusal(request);
    if (refusal) return answerWith(reply, graphError(refusal));
    const { version, wabaId } = request.params;
    const { limit, after, status } = request.query;
    const templates = world.accounts
      .templatesOf(wabaId)
      .filter((template) => status === undefined || template.status === status);
    const start = after === undefined ? 0 : Number.parseInt(after, 36) || 0;
    const size = Math.max(1, Number(limit) || DEFAULT_PAGE);
    const end = Math.min(start + size, templates.length);
    if (end <= start) return answerWith(reply, { status: 200, body: { data: [], paging: {} } });

    const cursors = { before: start.toString(36), after: end.toString(36) };
    const next = new URL(`http://${request.headers.host ?? request.hostname}/${version}/${wabaId}/message_templates`);
    next.search = new URLSearchParams({ ...request.query, limit: String(size), after: cursors.after }).toString();
    const paging = end < templates.length ? { cursors, next: next.href } : { cursors };
    return answerWith(reply, { status: 200, body: { data: templates.slice(start, end), paging } });
  });
}
