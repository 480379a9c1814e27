import { ConfigError } from "@parley/runtime";
import type { FastifyInstance } from "fastify";

/** Listens, and logs each address at which it does. A port that is taken is the operator's to choose anew. */
export async function listen(app: FastifyInstance, at: { host: string; port: number }): Promise<void> {
  try {
    // Fastify writes a line of its own, so that line is ours.
    await app.listen({ ...at, listenTextResolver: (address) => `api is up at ${address}` });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EADDRINUSE")) throw error;
    throw new ConfigError(`Port ${at.port} is taken: stop what listens there, or set PORT to another.`);
  }
}
