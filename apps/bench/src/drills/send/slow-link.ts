import { connect, createServer, type Socket } from "node:net";
import { createRandom } from "../harness/random.ts";

/** A way to the provider on which answers take their time, so that a kill finds calls whose answer is still out. */
export interface SlowLink {
  url: string;
  close(): Promise<void>;
}

const ANSWER_DELAY_MS: [least: number, most: number] = [20, 250];

/** Forwards TCP connections to `target`; what comes back waits a little, in its order. */
export async function openSlowLink(target: string, seed: number): Promise<SlowLink> {
  const { hostname, port } = new URL(target);
  const random = createRandom(seed, "slow link");
  const open = new Set<Socket>();

  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(socket);
      // The other end hears of it by its own close.
      socket.on("error", () => undefined);
      socket.once("close", () => {
        open.delete(socket);
        other.destroy();
      });
    }
    near.pipe(far);
    let last = Promise.resolve();
    far.on("data", (chunk: Buffer) => {
      const due = new Promise((resolve) => setTimeout(resolve, random.int(...ANSWER_DELAY_MS)));
      last = Promise.all([last, due]).then(() => {
        if (!near.destroyed) near.write(chunk);
      });
    });
  });

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the slow link has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
