import { z } from "zod";
import { CONTEXT_TOKENS } from "./answer-model-request.ts";
import { inputTokensOf, type ModelRefusal, type ModelRequest } from "./model-request.ts";

const parts = z.array(z.strictObject({ text: z.string() })).min(1);

/** The fields of generateContent that Parley has a use for; others are refused, as Google refuses unknown ones. */
const requestSchema = z.strictObject({
  contents: z.array(z.strictObject({ role: z.enum(["user", "model"]).optional(), parts })).min(1),
  systemInstruction: z.strictObject({ role: z.string().optional(), parts }).optional(),
  generationConfig: z
    .strictObject({
      temperature: z.number().min(0).max(2).optional(),
      topP: z.number().optional(),
      topK: z.number().optional(),
      maxOutputTokens: z.int().positive().optional(),
      stopSequences: z.array(z.string()).max(5).optional(),
      seed: z.int().optional(),
      responseMimeType: z.enum(["text/plain", "application/json"]).optional(),
      responseJsonSchema: z.record(z.string(), z.unknown()).optional(),
    })
    .optional(),
  safetySettings: z.array(z.object({ category: z.string(), threshold: z.string() })).optional(),
});

const UNKNOWN_MODEL = "no-such-model";

/** Reads the body of `POST /v1beta/models/{model}:generateContent`; what Google would refuse comes back as a refusal. */
export function readGeminiRequest(model: string, body: unknown): ModelRequest | ModelRefusal {
  if (model === UNKNOWN_MODEL) {
    const message = `models/${model} is not found for API version v1beta, or is not supported for generateContent.`;
    return { status: 404, message };
  }
  const parsed = requestSchema.safeParse(body);
  if (!parsed.success) return refusalOf(parsed.error);
  const { contents, systemInstruction, generationConfig = {} } = parsed.data;
  const schema = generationConfig.responseJsonSchema;
  const isJson = generationConfig.responseMimeType === "application/json";
  if (schema && !isJson) {
    return { status: 400, message: "A response schema needs response_mime_type application/json." };
  }
  const request: ModelRequest = {
    provider: "gemini",
    model,
    system: joined(systemInstruction?.parts ?? []),
    messages: contents.map(({ role, parts: texts }) => ({
      role: role === "model" ? "assistant" : "user",
      text: joined(texts),
    })),
    format: isJson ? "json" : "text",
    schema,
    maxOutputTokens: generationConfig.maxOutputTokens,
  };
  const tokens = inputTokensOf(request);
  if (tokens <= CONTEXT_TOKENS) return request;
  return {
    status: 400,
    message: `The input token count (${tokens}) exceeds the maximum number of tokens allowed (${CONTEXT_TOKENS}).`,
  };
}

function joined(texts: { text: string }[]): string {
  return texts.map(({ text }) => text).join("");
}

function refusalOf(error: z.ZodError): ModelRefusal {
  const [issue] = error.issues;
  const at = issue?.path.join(".") ?? "";
  if (issue?.code === "unrecognized_keys") {
    return {
      status: 400,
      message: `Invalid JSON payload received. Unknown name "${issue.keys[0]}"${at && ` at '${at}'`}: Cannot find field.`,
    };
  }
  return { status: 400, message: `Invalid value at '${at}': ${issue?.message}` };
}
