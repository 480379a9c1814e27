import { createServer } from "node:net";
import { ConfigError } from "@parley/runtime";

/** Throws a ConfigError that names `variable` when something listens on `port` already. */
export async function assertPortFree(variable: string, host: string, port: number): Promise<void> {
  const server = createServer();
  const error = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    server.once("error", resolve);
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
  if (!error) return;
  if (error.code === "EADDRINUSE") {
    const other = `${variable}=${port + 100} npm start`;
    throw new ConfigError(`port ${port} is in use: stop what listens there, or choose another with ${other}`);
  }
  throw new ConfigError(`${variable}=${port} on ${host} cannot be used (${error.code}): choose another`);
}
