import { connect, createServer, type Socket } from "node:net";

/** A way to a server that can be cut without either end being told, as a firewall or a power cut does. */
export interface FreezableRelay {
  /** `url` by way of the relay. */
  through(url: string): string;
  /** From now on nothing passes, in either direction; connections stay open, and new ones are taken and ignored. */
  freeze(): void;
  /** Connections that are made from now on pass again. Those that were frozen stay so. */
  thaw(): void;
  close(): Promise<void>;
}

/** Stands in front of the server of `url`. */
export async function startFreezableRelay(url: string): Promise<FreezableRelay> {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  let frozen = false;
  const server = createServer((near) => {
    sockets.add(near);
    near.on("error", () => undefined);
    if (frozen) return;
    const far = connect(Number(port), hostname);
    sockets.add(far);
    far.on("error", () => undefined);
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  return {
    through(original) {
      const address = server.address();
      if (address === null || typeof address === "string") throw new Error("the relay does not listen");
      const relayed = new URL(original);
      relayed.host = `127.0.0.1:${address.port}`;
      return relayed.toString();
    },
    freeze() {
      frozen = true;
      for (const socket of sockets) socket.unpipe().pause();
    },
    thaw() {
      frozen = false;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
