import type { RouteAccess } from "../auth/authentication.ts";
import type { Answer, JsonSchema, Media, Operation, Parameter, Ref } from "./document.ts";
import { createExamples, type ExamplePurpose } from "./example-of.ts";
import { mapValues } from "./map-values.ts";
import { generalRefusals, refusalResponses, type Refusals } from "./refusals.ts";
import { headersOfAnswer, parameterRef } from "./shared-parts.ts";

/** What `describeRoute` passes on. */
interface DescribedOperation extends Operation {
  "x-access"?: RouteAccess;
  "x-refusals"?: Refusals;
  "x-versioned"?: boolean;
  "x-file"?: boolean;
  "x-optional-body"?: boolean;
}

/** What follows from an operation's access and method. */
interface Traits {
  /** Whether it is a route of the API: those name their access, know their callers and are limited. */
  isOfApi: boolean;
  isPublic: boolean;
  isIdempotent: boolean;
  /** What is answered has a version. */
  isVersioned: boolean;
  /** Whether the version may be demanded. */
  isConditional: boolean;
  /** What is answered is a file, of which parts can be asked for. */
  isFile: boolean;
  /** Also where none is taken: it is parsed first, and then refused. */
  hasBody: boolean;
}

/** Completes an operation by what it need not say itself: shared headers, errors, and examples by the schemas. */
export function completeOperation(
  described: DescribedOperation,
  method: string,
  schemas: Readonly<Record<string, JsonSchema>>,
): Operation {
  const {
    "x-refusals": refusals = {},
    "x-optional-body": isOptionalBody = false,
    "x-versioned": isVersioned = false,
    "x-file": isFile = false,
    ...operation
  } = described;
  const traits = traitsOf(operation["x-access"], method, { isVersioned, isFile });
  const examples = createExamples(schemas);
  const exemplify = (content: Record<string, Media>, purpose: ExamplePurpose): Record<string, Media> =>
    mapValues(content, (media) => ({ ...media, example: media.example ?? examples(media.schema, purpose) }));
  const exemplifyParameter = (parameter: Parameter | Ref): Parameter | Ref =>
    "$ref" in parameter
      ? parameter
      : { ...parameter, example: parameter.example ?? examples(parameter.schema, "request", parameter.name) };
  const completeAnswer = (answer: Answer | Ref, status: string): Answer | Ref =>
    "$ref" in answer
      ? answer
      : {
          ...answer,
          description: describeAnswer(answer, status),
          headers: { ...answer.headers, ...headersOfAnswer(traits) },
          ...(answer.content && { content: exemplify(answer.content, "answer") }),
        };

  const parameters = [...(operation.parameters ?? []).map(exemplifyParameter), ...headersTaken(traits)];
  const { requestBody, responses } = operation;
  return {
    ...operation,
    ...(parameters.length > 0 && { parameters }),
    ...(requestBody && {
      requestBody: { required: !isOptionalBody, content: exemplify(asItIsSent(requestBody.content), "request") },
    }),
    responses: {
      ...mapValues(responses, completeAnswer),
      ...refusalResponses(traits.isOfApi ? generalRefusals(traits) : [], refusals),
    },
  };
}

/** A body that is the file itself is a text, whatever it is called where it has company. */
function asItIsSent(content: Record<string, Media>): Record<string, Media> {
  const whole: Media = { schema: { type: "string" }, example: "name,email\r\nCustomer One,one@customers.example\r\n" };
  return mapValues(content, (media, type) => (type === "text/csv" ? whole : media));
}

function traitsOf(
  access: RouteAccess | undefined,
  method: string,
  { isVersioned, isFile }: Pick<Traits, "isVersioned" | "isFile">,
): Traits {
  const isOfApi = access !== undefined;
  const isPublic = access === "public";
  const isIdempotent = method === "post" && isOfApi;
  const isConditional = isVersioned && method !== "get";
  const hasBody = method !== "get";
  return { isOfApi, isPublic, isIdempotent, isVersioned, isConditional, isFile, hasBody };
}

function headersTaken({ isOfApi, isPublic, isIdempotent, isConditional, isFile }: Traits): Ref[] {
  return [
    ...(isFile ? [parameterRef("Range"), parameterRef("IfRange"), parameterRef("IfNoneMatch")] : []),
    ...(isConditional ? [parameterRef("IfMatch")] : []),
    ...(isIdempotent ? [parameterRef("IdempotencyKey")] : []),
    ...(isOfApi && !isPublic ? [parameterRef("TenantId")] : []),
    ...(isOfApi ? [parameterRef("RequestId")] : []),
  ];
}

const BY_STATUS: Record<string, string> = {
  "200": "What was asked for.",
  "201": "What was made.",
  "202": "It will be done.",
  "304": "It is what you have.",
  "204": "It is done, and there is nothing to say.",
  "503": "Not at the moment.",
};

/** In place of what the library says when it knows nothing. */
function describeAnswer({ description }: Answer, status: string): string {
  return description === "Default Response" ? (BY_STATUS[status] ?? description) : description;
}
