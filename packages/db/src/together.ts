/**
 * Waits for statements that were sent to one connection without waiting for each other, so that they share a round trip.
 * All of them have an end before it returns; what the first that failed has thrown is thrown, because those behind it
 * failed only along with it.
 */
export async function together<T extends readonly unknown[] | []>(
  sent: T,
): Promise<{ -readonly [Position in keyof T]: Awaited<T[Position]> }> {
  await Promise.allSettled(sent);
  for (const each of sent) await each;
  return Promise.all(sent);
}
