import type { Socket } from "node:net";
import type { Timers } from "./timers.ts";

/** Connections whose request is never answered: closed when their time is over, or all at once. */
export interface HeldSockets {
  readonly size: number;
  hold(socket: Socket): void;
  destroyAll(): void;
}

export function createHeldSockets(timers: Timers, hangMs: number): HeldSockets {
  const held = new Set<Socket>();

  return {
    get size() {
      return held.size;
    },
    hold(socket) {
      held.add(socket);
      const cancel = timers.after(hangMs, () => socket.destroy());
      socket.once("close", () => {
        cancel();
        held.delete(socket);
      });
    },
    destroyAll() {
      for (const socket of held) socket.destroy();
    },
  };
}
