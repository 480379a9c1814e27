import { DomainError } from "@parley/runtime";
import type { FastifyInstance } from "fastify";

/** No body of ours is nearly as deep. What is deeper by thousands overflows the stack of whoever walks through it. */
const MOST_LEVELS = 100;

/** JSON bodies and no others, where no body at all is not an error: many clients name the content type of nothing. */
export function parseJsonBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser("error", "error");
  app.removeContentTypeParser(["application/json", "text/plain"]);
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    if (body.length === 0) done(null, undefined);
    // Declared as both kinds of body; `parseAs` decides, and this parser takes strings.
    else
      void parse(request, body as string, (error, parsed: unknown) =>
        error || !isDeeperThan(MOST_LEVELS, parsed) ? done(error, parsed) : done(tooDeep()),
      );
  });
}

/** Level by level, so that it needs no stack itself. */
function isDeeperThan(levels: number, value: unknown): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > levels) return true;
    level = level.flatMap((each) => (typeof each === "object" && each !== null ? Object.values(each) : []));
  }
  return false;
}

function tooDeep(): DomainError {
  return new DomainError("validation_failed", `The body is nested more than ${MOST_LEVELS} levels deep; flatten it.`);
}
