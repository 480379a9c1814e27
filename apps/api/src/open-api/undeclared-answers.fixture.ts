import type { FastifyInstance, RouteOptions } from "fastify";
import type { OpenApiDocument } from "./document.ts";

/** Watches what routes answer while they are tested, so that the documentation cannot leave a status out. */
export interface AnswerWatch {
  onRoute(route: RouteOptions): void;
  /** Throws when a documented route has answered with a status that it does not declare. */
  assertDeclared(app: FastifyInstance): void;
}

export function watchAnswers(): AnswerWatch {
  const answered = new Map<string, { path: string; method: string; status: number }>();
  return {
    onRoute(route) {
      const path = route.url.replace(/:(\w+)/g, "{$1}");
      route.onResponse = [
        ...[route.onResponse ?? []].flat(),
        (request, reply, done) => {
          const method = request.method.toLowerCase();
          const status = reply.statusCode;
          answered.set(`${request.method} ${path} answers ${status}`, { path, method, status });
          done();
        },
      ];
    },
    assertDeclared(app) {
      // The library's type is the union of all versions of OpenAPI; ours says 3.1.
      const { paths } = app.swagger() as unknown as OpenApiDocument;
      const undeclared = [...answered].filter(([, { path, method, status }]) => {
        const operation = paths[path]?.[method];
        return operation !== undefined && !(status in operation.responses);
      });
      if (undeclared.length === 0) return;
      const list = undeclared.map(([name]) => name).join("; ");
      throw new Error(`The documentation does not know of this: ${list}. Name it in the route's refusals or response.`);
    },
  };
}
