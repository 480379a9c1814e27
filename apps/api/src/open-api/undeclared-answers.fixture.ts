import type { FastifyInstance, RouteOptions } from "fastify";
import type { OpenApiDocument } from "./document.ts";

/** Watches what routes answer while they are tested, so that the documentation cannot leave a status out. */
export interface AnswerWatch {
  onRoute(route: RouteOptions): void;
  /** Throws when a documented route has answered with a status that it does not declare. */
  assertDeclared(app: FastifyInstance): void;
}

/**
 * The statuses of each operation, by method and path. Every server of a process has the same document, and to make it
 * takes longer than most files of tests.
 */
let declaredStatuses: ReadonlyMap<string, ReadonlySet<string>> | undefined;

function readDeclaredStatuses(app: FastifyInstance): ReadonlyMap<string, ReadonlySet<string>> {
  // The library's type is the union of all versions of OpenAPI; ours says 3.1.
  const { paths } = app.swagger() as unknown as OpenApiDocument;
  return new Map(
    Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, { responses }]) => [
        `${method} ${path}`,
        new Set(Object.keys(responses)),
      ]),
    ),
  );
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
      declaredStatuses ??= readDeclaredStatuses(app);
      const undeclared: string[] = [];
      for (const [name, { path, method, status }] of answered) {
        const declared = declaredStatuses.get(`${method} ${path}`);
        if (declared && !declared.has(String(status))) undeclared.push(name);
      }
      if (undeclared.length === 0) return;
      throw new Error(
        `The documentation does not know of this: ${undeclared.join("; ")}. Name it in the route's refusals or response.`,
      );
    },
  };
}
