import type { EmbeddedServer } from "./embedded-server.ts";
import { clearRun } from "./run-file.ts";
import type { ServerProcess } from "./server-process.ts";

/**
 * The server of `at` from its launch on. `launch` starts it and resolves once it answers; it is called again after each
 * end. The run file tells the next start of a server that was killed, so an orderly end clears it.
 */
export async function launchServer(
  at: Pick<EmbeddedServer, "url" | "port" | "logFile"> & { runFile: string },
  launch: () => Promise<ServerProcess>,
): Promise<EmbeddedServer> {
  const { url, port, logFile, runFile } = at;
  let server = await launch();

  async function end(how: "stop" | "kill"): Promise<void> {
    if (!server.running) return;
    await server[how]();
    if (how === "stop") await clearRun(runFile);
  }

  return {
    url,
    port,
    logFile,
    get pid() {
      return server.pid;
    },
    stop: () => end("stop"),
    kill: () => end("kill"),
    async restart() {
      await end("stop");
      server = await launch();
    },
  };
}
