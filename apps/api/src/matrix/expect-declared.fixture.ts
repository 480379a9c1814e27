import type { LightMyRequestResponse } from "fastify";
import { z } from "zod";
import type { TestApi, TestRoute } from "../api.fixture.ts";
import { problemJson } from "../http/problem.ts";

/** What a route may refuse with; of its own accord none answers 429 here, because nothing is limited. */
const REFUSALS = new Set([400, 401, 403, 404, 409, 412, 413, 415, 422]);

const strictProblem = problemJson.strict();

/** Throws unless the status is one that the OpenAPI declares for the route, and the body is what belongs to it. */
export function expectDeclared(
  api: Pick<TestApi, "app">,
  route: Pick<TestRoute, "method" | "path" | "schema" | "access">,
  response: LightMyRequestResponse,
): void {
  const { statusCode } = response;
  if (!isDeclared(declaredStatuses(api, route), statusCode)) throw new Error(`${statusCode} is not declared`);
  if (statusCode < 300) return expectSuccess(route, response);
  if (!REFUSALS.has(statusCode)) throw new Error(`${statusCode} is no refusal of the caller's`);
  const problem = strictProblem.parse(response.json());
  if (problem.status !== statusCode) throw new Error(`${statusCode} says of itself that it is ${problem.status}`);
  expectType(response, "application/problem+json");
  if (statusCode === 401 && route.access !== "public" && problem.code !== "invalid_credentials") {
    throw new Error("the caller is signed in, and is told otherwise");
  }
}

function declaredStatuses(
  { app }: Pick<TestApi, "app">,
  { method, path }: Pick<TestRoute, "method" | "path">,
): string[] {
  const described = app.swagger().paths?.[path.replace(/:(\w+)/g, "{$1}")] as
    | Record<string, { responses?: object }>
    | undefined;
  return Object.keys(described?.[method.toLowerCase()]?.responses ?? {});
}

function isDeclared(declared: readonly string[], status: number): boolean {
  return declared.some((each) => each === String(status) || each.toLowerCase() === `${String(status)[0]}xx`);
}

function expectSuccess({ schema }: Pick<TestRoute, "schema">, response: LightMyRequestResponse): void {
  const answers: Record<string, unknown> = { ...(schema?.response as object | undefined) };
  const answer = answers[String(response.statusCode)];
  if (!(answer instanceof z.ZodType)) return expectOneOf(mediaTypes.parse(answer).content, response);
  if (response.body !== "") expectType(response, "application/json");
  answer.parse(response.body === "" ? undefined : response.json());
}

const mediaTypes = z.object({ content: z.record(z.string(), z.object({ schema: z.instanceof(z.ZodType) })) });

/** One of several types; of what is no JSON only the type is declared. */
function expectOneOf(content: z.output<typeof mediaTypes>["content"], response: LightMyRequestResponse): void {
  const [type = ""] = String(response.headers["content-type"]).split(";");
  const declared = content[type];
  if (!declared) throw new Error(`the content type is ${type}`);
  if (type === "application/json") declared.schema.parse(response.json());
}

function expectType({ headers }: LightMyRequestResponse, type: string): void {
  const given = String(headers["content-type"]);
  if (!given.startsWith(type)) throw new Error(`the content type is ${given}`);
}
