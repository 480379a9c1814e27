import type { SwaggerTransformObject } from "@fastify/swagger";
import { jsonSchemaTransformObject } from "fastify-type-provider-zod";
import { completeOperation } from "./complete-operation.ts";
import type { JsonSchema, OpenApiDocument } from "./document.ts";
import { mapValues } from "./map-values.ts";
import { sharedRefusals } from "./refusals.ts";
import { HEADERS, PARAMETERS } from "./shared-parts.ts";

/** Completes every operation, and adds the components that they share. */
export const describeDocument: SwaggerTransformObject = (given) => {
  // The library's type is the union of all versions of OpenAPI; ours says 3.1.
  const { paths, components, ...rest } = jsonSchemaTransformObject(given) as unknown as OpenApiDocument;
  const document: OpenApiDocument = {
    ...rest,
    paths: mapValues(paths, (item) =>
      mapValues(item, (operation, method) => completeOperation(operation, method, components.schemas)),
    ),
    components: { ...components, headers: HEADERS, parameters: PARAMETERS, responses: sharedRefusals() },
  };
  const schemas = usedSchemas(document);
  return { ...document, components: { ...document.components, schemas } } as ReturnType<SwaggerTransformObject>;
};

const COMPONENT = /"#\/components\/schemas\/([^"]+)"/g;

/** Every schema is offered as an input and as an output; only those that something refers to are worth reading. */
function usedSchemas({ paths, components }: OpenApiDocument): Record<string, JsonSchema> {
  const { schemas, ...others } = components;
  const used = new Set<string>();
  const follow = (part: object): void => {
    for (const [, name] of JSON.stringify(part).matchAll(COMPONENT)) {
      if (name === undefined || used.has(name)) continue;
      used.add(name);
      follow(schemas[name] ?? {});
    }
  };
  follow([paths, others]);
  return Object.fromEntries(Object.entries(schemas).filter(([name]) => used.has(name)));
}
