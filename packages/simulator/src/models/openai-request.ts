import { z } from "zod";
import { CONTEXT_TOKENS } from "./answer-model-request.ts";
import { inputTokensOf, type ModelRefusal, type ModelRequest } from "./model-request.ts";
import { strictSchemaProblem } from "./strict-schema.ts";

const textPart = z.object({ type: z.literal("text"), text: z.string() });
const content = z.union([z.string(), z.array(textPart).transform((parts) => parts.map(({ text }) => text).join(""))]);

const responseFormat = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("text") }),
  z.strictObject({ type: z.literal("json_object") }),
  z.strictObject({
    type: z.literal("json_schema"),
    json_schema: z.strictObject({
      name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/),
      description: z.string().optional(),
      strict: z.boolean().nullish(),
      schema: z.record(z.string(), z.unknown()),
    }),
  }),
]);

/** The arguments of chat completions that Parley has a use for; others are refused, as OpenAI refuses unknown ones. */
const requestSchema = z.strictObject({
  model: z.string().min(1),
  messages: z.array(z.object({ role: z.enum(["system", "developer", "user", "assistant"]), content })).min(1),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  max_tokens: z.int().positive().nullish(),
  max_completion_tokens: z.int().positive().nullish(),
  response_format: responseFormat.optional(),
  stop: z.union([z.string(), z.array(z.string()).max(4)]).nullish(),
  seed: z.int().nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  user: z.string().optional(),
  stream: z.literal(false).nullish(),
});
type OpenAiRequest = z.output<typeof requestSchema>;

/** Models that think take neither `max_tokens` nor another temperature than theirs. */
const THINKING_MODEL = /^(?:o\d|gpt-5)/;
/** Servers that know `json_object` only. */
const WITHOUT_SCHEMAS = /^deepseek/;
const UNKNOWN_MODEL = "no-such-model";

/** Reads the body of `POST /chat/completions`; what OpenAI would refuse comes back as a refusal. */
export function readOpenAiRequest(body: unknown): ModelRequest | ModelRefusal {
  const parsed = requestSchema.safeParse(body);
  if (!parsed.success) return refusalOf(parsed.error);
  const given = parsed.data;
  const schema = given.response_format?.type === "json_schema" ? given.response_format.json_schema.schema : undefined;
  const request: ModelRequest = {
    provider: "openai",
    model: given.model,
    system: textsOf(given, ["system", "developer"]).join("\n"),
    messages: given.messages.flatMap(({ role, content: text }) =>
      role === "user" || role === "assistant" ? [{ role, text }] : [],
    ),
    format: given.response_format && given.response_format.type !== "text" ? "json" : "text",
    schema,
    maxOutputTokens: given.max_completion_tokens ?? given.max_tokens ?? undefined,
  };
  return refusalFor(given, request) ?? request;
}

function refusalFor(given: OpenAiRequest, request: ModelRequest): ModelRefusal | undefined {
  const { model, response_format: format } = given;
  if (model === UNKNOWN_MODEL) {
    return {
      status: 404,
      message: `The model \`${model}\` does not exist or you do not have access to it.`,
      code: "model_not_found",
    };
  }
  if (THINKING_MODEL.test(model) && given.max_tokens !== undefined && given.max_tokens !== null) {
    return {
      status: 400,
      message:
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      param: "max_tokens",
      code: "unsupported_parameter",
    };
  }
  if (THINKING_MODEL.test(model) && (given.temperature ?? 1) !== 1) {
    return {
      status: 400,
      message: `Unsupported value: 'temperature' does not support ${given.temperature} with this model. Only the default (1) value is supported.`,
      param: "temperature",
      code: "unsupported_value",
    };
  }
  if (format?.type === "json_schema" && WITHOUT_SCHEMAS.test(model)) {
    return { status: 400, message: "This response_format type is unavailable now", code: "invalid_request_error" };
  }
  if (format?.type === "json_object" && !/json/i.test(textsOf(given).join("\n"))) {
    return {
      status: 400,
      message: "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
      param: "messages",
    };
  }
  const problem =
    format?.type === "json_schema" && format.json_schema.strict && strictSchemaProblem(format.json_schema.schema);
  if (problem) {
    const message = `Invalid schema for response_format '${format.json_schema.name}': ${problem}`;
    return { status: 400, message, param: "response_format" };
  }
  const tokens = inputTokensOf(request);
  if (tokens > CONTEXT_TOKENS) {
    return {
      status: 400,
      message: `This model's maximum context length is ${CONTEXT_TOKENS} tokens. However, your messages resulted in ${tokens} tokens.`,
      param: "messages",
      code: "context_length_exceeded",
    };
  }
  return undefined;
}

function textsOf(
  given: OpenAiRequest,
  roles: readonly string[] = ["system", "developer", "user", "assistant"],
): string[] {
  return given.messages.filter(({ role }) => roles.includes(role)).map(({ content: text }) => text);
}

function refusalOf(error: z.ZodError): ModelRefusal {
  const [issue] = error.issues;
  if (issue?.code === "unrecognized_keys" && issue.path.length === 0) {
    return { status: 400, message: `Unrecognized request argument supplied: ${issue.keys.join(", ")}` };
  }
  const param = issue?.path.join(".") ?? "";
  return { status: 400, message: `Invalid value for '${param}': ${issue?.message}`, param: param || undefined };
}
