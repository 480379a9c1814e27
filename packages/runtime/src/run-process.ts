import { ConfigError } from "./config.ts";
import { createLogger, type Logger } from "./logger.ts";
import { createShutdownStack, type ShutdownStack } from "./shutdown.ts";

/**
 * The one way in which a process starts and ends: SIGINT and SIGTERM unwind the shutdown stack and exit 0;
 * a failed start prints one sentence, unwinds what was already up and exits 1; an error that nobody
 * handled is fatal, because the state behind it is unknown, and the supervisor starts a new process.
 */
export async function runProcess(
  options: { name: string; logLevel: string },
  start: (process: { logger: Logger; shutdown: ShutdownStack }) => Promise<void>,
): Promise<void> {
  const logger = createLogger({ name: options.name, level: options.logLevel });
  const shutdown = createShutdownStack(logger);

  const stop = (reason: string, exitCode: number): void => {
    void shutdown.run(reason).then(() => process.exit(exitCode));
  };
  process.once("SIGINT", () => stop("SIGINT", 0));
  process.once("SIGTERM", () => stop("SIGTERM", 0));
  process.once("uncaughtException", (error) => {
    logger.fatal({ err: error }, "uncaught exception");
    stop("uncaughtException", 1);
  });
  process.once("unhandledRejection", (error) => {
    logger.fatal({ err: error }, "unhandled rejection");
    stop("unhandledRejection", 1);
  });

  try {
    await start({ logger, shutdown });
  } catch (error) {
    if (error instanceof ConfigError) process.stderr.write(`${options.name}: ${error.message}\n`);
    else logger.fatal({ err: error }, "could not start");
    stop("failed start", 1);
  }
}
