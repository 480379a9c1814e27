import type { TestRoute } from "../api.fixture.ts";
import { inputSchemaOf, resolve, type JsonSchema } from "./json-schema.fixture.ts";

/** Every place in which a route takes an id, as "params.id", "query.inboxId" or "body.template.id". */
export function idFieldsOf(route: Pick<TestRoute, "schema">): string[] {
  const { params, querystring, body } = route.schema ?? {};
  return Object.entries({ params, query: querystring, body }).flatMap(([place, schema]) => {
    const described = inputSchemaOf(schema);
    return described ? idFieldsIn(described, described, place) : [];
  });
}

function idFieldsIn(schema: JsonSchema, root: JsonSchema, path: string): string[] {
  if (schema.$ref !== undefined) return idFieldsIn(resolve(schema.$ref, root), root, path);
  if (schema.format === "uuid") return [path];
  const parts = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  return [
    ...Object.entries(schema.properties ?? {}).flatMap(([name, part]) => idFieldsIn(part, root, `${path}.${name}`)),
    ...(schema.items ? idFieldsIn(schema.items, root, `${path}.0`) : []),
    ...parts.flatMap((part) => idFieldsIn(part, root, path)),
  ];
}
