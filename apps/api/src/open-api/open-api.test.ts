import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { fullFormats } from "ajv-formats/dist/formats.js";
import type { RouteOptions } from "fastify";
import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { statusOf, type ProblemCode } from "../http/problem.ts";
import { describeApi } from "./describe-api.ts";
import type { Answer, JsonSchema, Media, OpenApiDocument, Operation, Parameter, Ref } from "./document.ts";
import { TAGS } from "./tags.ts";

interface Described {
  /** Such as `POST /api/v1/teams`. */
  name: string;
  operation: Operation & { "x-access"?: string };
}

let document: OpenApiDocument;
let operations: Described[];
let routes: RouteOptions[];

const ajv = new Ajv2020({ strict: false, formats: fullFormats });
const validators = new Map<string, ValidateFunction>();

beforeAll(async () => {
  routes = [];
  document = await describeApi({ onRoute: (route) => routes.push(route) });
  ajv.addSchema({ $id: "urn:parley:document", components: document.components });
  operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation })),
  );
});

/** A test of all operations fails with the list of those for which `fault` finds one. */
function faultsOf(fault: (operation: Described["operation"], name: string) => string | false | undefined): string[] {
  return operations.flatMap(({ name, operation }) => {
    const found = fault(operation, name);
    return found ? [`${name}: ${found}`] : [];
  });
}

function resolve<Part extends object>(part: Part | Ref): Part {
  if (!("$ref" in part)) return part;
  const [section, name] = part.$ref.split("/").slice(2) as [keyof OpenApiDocument["components"], string];
  return document.components[section][name] as Part;
}

const answersOf = (operation: Operation): [number, Answer][] =>
  Object.entries(operation.responses).map(([status, answer]) => [Number(status), resolve(answer)]);

const mediaOf = (content: Record<string, Media> | undefined): Media[] => Object.values(content ?? {});

/** What is wrong with an example, by the schema in the document. */
function faultOfExample(schema: JsonSchema, example: unknown): string | undefined {
  // Absolute, so that what the components are compiled to is shared.
  const text = JSON.stringify(schema).replaceAll('"#/', '"urn:parley:document#/');
  const validate = validators.get(text) ?? ajv.compile(JSON.parse(text) as object);
  validators.set(text, validate);
  return validate(example) ? undefined : `${JSON.stringify(example)} ${ajv.errorsText(validate.errors)}`;
}

function faultOfMedia({ schema, example, examples = {} }: Media): string | undefined {
  const all = [...(example === undefined ? [] : [example]), ...Object.values(examples).map(({ value }) => value)];
  if (all.length === 0) return "has no example";
  return all.map((each) => faultOfExample(schema, each)).find((fault) => fault !== undefined);
}

const isOfApi = (name: string): boolean => name.includes(" /api/v1/");
const hasId = (name: string): boolean => isOfApi(name) && name.includes("{");
const isFine = ([status]: [number, Answer]): boolean => status < 300;
/** Health has answers with 503 that are none. */
const isProblem = ([status, { content = {} }]: [number, Answer]): boolean =>
  status >= 400 && !("application/json" in content);

function faultOfParameter(part: Parameter | Ref): string | undefined {
  const { name, schema, example } = resolve(part);
  const fault = example === undefined ? "has no example" : faultOfExample(schema, example);
  return fault && `${name} ${fault}`;
}

function faultOfAnswer([status, { content }]: [number, Answer]): string | undefined {
  if (content) return mediaOf(content).map(faultOfMedia).find(Boolean);
  return status === 202 || status === 204 ? undefined : `${status} is empty`;
}

function faultOfProblem([status, { content }]: [number, Answer]): string | undefined {
  const media = content?.["application/problem+json"];
  if (!media) return `${status} is no problem document`;
  const codes = Object.keys(media.examples ?? {}) as ProblemCode[];
  const strangers = codes.filter((code) => statusOf(code) !== status);
  return faultOfMedia(media) ?? (strangers.length > 0 ? `${status} is not that of ${strangers.join(", ")}` : undefined);
}

/** What an operation of the API can be refused for, whatever it does. */
function generalStatuses({ "x-access": access }: Described["operation"], name: string): number[] {
  const isOpen = access === "public";
  const takesKey = name.startsWith("POST");
  const ofCaller = isOpen ? [] : [401, 403, 404];
  const ofBody = name.startsWith("GET") ? [] : [413, 415];
  return [400, ...ofCaller, ...ofBody, ...(takesKey ? [422] : []), 429, 500, 503];
}

test("the document is OpenAPI 3.1", async () => {
  const validator = new Validator();
  expect(await validator.validate({ ...structuredClone(document) })).toEqual({ valid: true });
  expect(validator.version).toBe("3.1");
});

describe("every operation", () => {
  test("is one of many", () => {
    expect(operations.length).toBeGreaterThan(50);
  });

  test("has a summary", () => {
    expect(faultsOf(({ summary }) => !summary && "has none")).toEqual([]);
  });

  test("has an operationId of its own", () => {
    expect(faultsOf(({ operationId }) => !operationId && "has none")).toEqual([]);
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
  });

  test("has one tag, which is described", () => {
    const known = new Set(TAGS.map(({ name }) => name));
    const isOneOfThem = (tags: string[]): boolean => tags.length === 1 && tags.every((tag) => known.has(tag));
    expect(faultsOf(({ tags = [] }) => !isOneOfThem(tags) && `has ${tags.join(", ")}`)).toEqual([]);
  });

  test("has parameters with examples that are valid", () => {
    expect(faultsOf(({ parameters = [] }) => parameters.map(faultOfParameter).find(Boolean))).toEqual([]);
  });

  test("has a body with an example that is valid", () => {
    expect(faultsOf(({ requestBody }) => mediaOf(requestBody?.content).map(faultOfMedia).find(Boolean))).toEqual([]);
  });

  test("has an answer with an example that is valid", () => {
    expect(faultsOf((operation) => !answersOf(operation).some(isFine) && "has no answer")).toEqual([]);
    expect(faultsOf((operation) => answersOf(operation).filter(isFine).map(faultOfAnswer).find(Boolean))).toEqual([]);
  });

  test("has errors with examples that are valid, of codes that have this status", () => {
    expect(faultsOf((operation) => answersOf(operation).filter(isProblem).map(faultOfProblem).find(Boolean))).toEqual(
      [],
    );
  });
});

describe("every operation of the API", () => {
  test("says who may call it", () => {
    expect(faultsOf((operation, name) => isOfApi(name) && !operation["x-access"] && "does not")).toEqual([]);
  });

  test("declares the errors that follow from its access, its input and its limits", () => {
    const missing = faultsOf((operation, name) => {
      if (!isOfApi(name)) return undefined;
      const declared = Object.keys(operation.responses);
      const absent = generalStatuses(operation, name).filter((status) => !declared.includes(String(status)));
      return absent.length > 0 && `does not declare ${absent.join(", ")}`;
    });
    expect(missing).toEqual([]);
  });

  test("says that there may be nothing with its id", () => {
    expect(faultsOf(({ responses }, name) => hasId(name) && !("404" in responses) && "does not")).toEqual([]);
  });

  test("takes the headers that it honours", () => {
    const faults = faultsOf((operation, name) => {
      if (!isOfApi(name)) return undefined;
      const taken = (operation.parameters ?? []).map((part) => resolve(part).name);
      const honoured = ["X-Request-Id"];
      if (operation["x-access"] !== "public") honoured.push("X-Tenant-Id");
      if (name.startsWith("POST")) honoured.push("Idempotency-Key");
      const wrong = honoured.filter((header) => !taken.includes(header));
      return wrong.length > 0 && `does not take ${wrong.join(", ")}`;
    });
    expect(faults).toEqual([]);
  });

  test("answers with the headers that every answer has", () => {
    const expected = ["X-Request-Id", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"];
    const faults = faultsOf((operation, name) => {
      const [fine] = answersOf(operation).filter(isFine);
      return isOfApi(name) && !expected.every((header) => header in (fine?.[1].headers ?? {})) && "does not";
    });
    expect(faults).toEqual([]);
  });
});

/** Refinements are not part of a JSON Schema, and an example that they refuse helps nobody. */
test("every example of a body is accepted by the route itself", () => {
  const faults = routes.flatMap(({ method, url, schema }) => {
    const path = url.replace(/:(\w+)/g, "{$1}");
    const body = schema?.body;
    const operation = document.paths[path]?.[String(method).toLowerCase()];
    if (!(body instanceof z.ZodType) || !operation) return [];
    // A file that is the whole body is no JSON.
    const { "text/csv": _file, ...content } = operation.requestBody?.content ?? {};
    return mediaOf(content).flatMap(({ example }) => {
      const { error } = body.safeParse(example);
      return error ? [`${String(method)} ${path}: ${z.prettifyError(error)}`] : [];
    });
  });
  expect(faults).toEqual([]);
});

test("a body that may be left out is not required", () => {
  expect(document.paths["/api/v1/auth/logout"]?.["post"]?.requestBody?.required).toBe(false);
  expect(document.paths["/api/v1/auth/login"]?.["post"]?.requestBody?.required).toBe(true);
});

test("it says which routes need no token, and which take no API key", () => {
  const { paths } = document;
  expect(paths["/api/v1/auth/login"]?.["post"]?.security).toEqual([]);
  expect(paths["/api/v1/auth/me"]?.["get"]?.security).toEqual([{ accessToken: [] }]);
  expect(paths["/api/v1/api-keys"]?.["get"]?.security).toEqual([{ accessToken: [] }]);
  expect(paths["/api/v1/inboxes"]?.["get"]?.security).toBeUndefined();
});
