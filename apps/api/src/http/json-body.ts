import type { FastifyInstance } from "fastify";

/** JSON bodies and no others, where no body at all is not an error: many clients name the content type of nothing. */
export function parseJsonBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser("error", "error");
  app.removeContentTypeParser(["application/json", "text/plain"]);
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    if (body.length === 0) done(null, undefined);
    // Declared as both kinds of body; `parseAs` decides, and this parser takes strings.
    else void parse(request, body as string, done);
  });
}
