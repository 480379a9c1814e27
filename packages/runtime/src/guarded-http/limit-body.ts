import { OutboundError } from "./outbound-error.ts";

/**
 * The same bytes, up to `maxBytes`; then the stream fails with `response_too_large`. They are counted as they are read,
 * after decompression, so that a small body that unfolds into a large one is cut as well. `onEnd` is called once, with
 * what ended it, if that was not the end.
 */
export function limitBody(
  body: ReadableStream<Uint8Array>,
  options: { maxBytes: number; toError: (error: unknown) => Error; onEnd: (error?: Error) => void },
): ReadableStream<Uint8Array> {
  const { maxBytes, toError, onEnd } = options;
  const reader = body.getReader();
  let received = 0;

  async function read(): Promise<Uint8Array | undefined> {
    const { done, value } = await reader.read();
    if (done) return undefined;
    received += value.byteLength;
    if (received > maxBytes) throw tooLarge(maxBytes);
    return value;
  }

  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const bytes = await read();
          if (bytes) {
            controller.enqueue(bytes);
            return;
          }
          onEnd();
          controller.close();
        } catch (error) {
          const reason = toError(error);
          onEnd(reason);
          controller.error(reason);
        }
      },
      async cancel(reason) {
        onEnd();
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

export function tooLarge(maxBytes: number): OutboundError {
  return new OutboundError("response_too_large", `The answer is longer than ${maxBytes} bytes.`);
}
