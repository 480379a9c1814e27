import { Socket } from "node:net";

type Message = string | Uint8Array;
type Written = (error?: Error | null) => void;

/**
 * A socket that gathers what is written to it in one turn of the event loop and sends it with one call of the system:
 * statements that are sent together are many small messages.
 */
export class GatheringSocket extends Socket {
  #isGathering = false;

  override write(message: Message, written?: Written): boolean;
  override write(message: Message, encoding?: BufferEncoding, written?: Written): boolean;
  override write(message: Message, encoding?: BufferEncoding | Written, written?: Written): boolean {
    this.#gather();
    return typeof encoding === "function" ? super.write(message, encoding) : super.write(message, encoding, written);
  }

  #gather(): void {
    if (this.#isGathering) return;
    this.#isGathering = true;
    this.cork();
    process.nextTick(() => {
      this.#isGathering = false;
      this.uncork();
    });
  }
}
