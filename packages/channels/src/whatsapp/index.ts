export { answerChallenge } from "./answer-challenge.ts";
export { classifyGraphError, type ErrorCircumstances, type ErrorClass } from "./error-class.ts";
export { fetchMedia, type FetchMediaOptions } from "./fetch-media.ts";
export { createGraphDispatcher } from "./graph-dispatcher.ts";
export { parseWebhook } from "./parse-webhook.ts";
export { sendMessage, type SendOptions } from "./send-message.ts";
export { signBody, verifySignature } from "./verify-signature.ts";
