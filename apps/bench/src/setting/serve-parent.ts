import { runProcess, type Logger, type ShutdownStack } from "@parley/runtime";

export interface Call {
  id: number;
  verb: string;
  argument?: unknown;
}

export interface Answer {
  id: number;
  value?: unknown;
  error?: string;
}

/** What the process that started this one may ask of it. */
export type Verbs = Record<string, (argument: never) => unknown>;

/** Runs a program of a bench: `start` returns the verbs that it serves until it is stopped. */
export function serveParent(
  name: string,
  start: (process: { logger: Logger; shutdown: ShutdownStack }) => Promise<Verbs>,
): Promise<void> {
  return runProcess({ name, logLevel: "info" }, async ({ logger, shutdown }) => {
    const verbs = await start({ logger, shutdown });
    process.on("message", (message) => void answer(verbs, message as Call));
    logger.info(`${name} is up`);
  });
}

async function answer(verbs: Verbs, { id, verb, argument }: Call): Promise<void> {
  const reply: Answer = { id };
  try {
    const handle = verbs[verb];
    if (!handle) throw new Error(`there is no verb "${verb}"`);
    // The caller and the verb agree on the argument.
    reply.value = await handle(argument as never);
  } catch (error) {
    reply.error = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  process.send?.(reply);
}
