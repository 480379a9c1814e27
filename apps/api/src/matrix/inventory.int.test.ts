import { afterAll, beforeAll, expect, test } from "vitest";
import type { OpenApiDocument } from "../open-api/document.ts";
import { DASHBOARD_DOORS, DASHBOARD_ROUTES } from "./admin-routes.fixture.ts";
import { AIMS } from "./aims.fixture.ts";
import { openMatrix, type Matrix } from "./matrix.fixture.ts";
import { WEBHOOKS } from "./webhook-aims.fixture.ts";

/** Open to anybody, because nothing of any tenant is in their answers. */
const HEALTH: readonly string[] = ["GET /health", "GET /health/db", "GET /health/ready"];
const DOCS: readonly string[] = [
  "GET /docs",
  "GET /docs/json",
  "GET /docs/static/*",
  "GET /docs/static/index.html",
  "GET /docs/static/swagger-initializer.js",
  "GET /docs/yaml",
];

/** Pages and what belongs to them, which no program calls. */
const UNDOCUMENTED = new Set([...DOCS, ...DASHBOARD_DOORS, ...DASHBOARD_ROUTES]);

/** All routes that the matrix tries, and those that it need not. */
const LISTED: readonly string[] = [
  ...Object.keys(AIMS).map((name) => name.replace(" ", " /api/v1")),
  ...Object.keys(WEBHOOKS),
  ...DASHBOARD_DOORS,
  ...DASHBOARD_ROUTES,
  ...HEALTH,
  ...DOCS,
];

let matrix: Matrix;

beforeAll(async () => {
  matrix = await openMatrix();
});

afterAll(() => matrix.api.close());

function routesOfServer(): string[] {
  return matrix.api.routes.map(({ method, path }) => `${method} ${path}`);
}

function routesOfDocument(): string[] {
  // The library's type is the union of all versions of OpenAPI; ours says 3.1.
  const { paths } = matrix.api.app.swagger() as unknown as OpenApiDocument;
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ":$1")}`),
  );
}

// The table of who may call what, in routes/access.int.test.ts, is held against the same list of the server's routes.
test("the matrix lists every route of the server, and no other", ({ annotate }) => {
  expect(LISTED.toSorted()).toEqual(routesOfServer().toSorted());
  return annotate(
    `${LISTED.length} routes: ${matrix.routes.size} of the API, ${Object.keys(WEBHOOKS).length} webhooks, ` +
      `${DASHBOARD_DOORS.length + DASHBOARD_ROUTES.length} of the dashboard, ${HEALTH.length + DOCS.length} open`,
  );
});

test("the OpenAPI describes every route of the server that is no page, and no other", () => {
  const expected = routesOfServer().filter((name) => !UNDOCUMENTED.has(name));
  expect(routesOfDocument().toSorted()).toEqual(expected.toSorted());
});

test("what is open to anybody shows nothing of a tenant", async () => {
  for (const name of [...HEALTH, ...DOCS]) {
    const route = matrix.api.routes.find(({ method, path }) => `${method} ${path}` === name);
    if (!route) throw new Error(`There is no route ${name} any more; take it out of this list`);
    const path = route.path.replace("*", "swagger-ui.css");
    const { response } = await matrix.call({ ...route, path }, {});
    expect([name, response.statusCode < 400]).toEqual([name, true]);
  }
});
