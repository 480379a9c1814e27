/** The next message id. The counter runs on through resets: a receiver may remember the ids from before. */
export type NextMessageId = (direction: "in" | "out") => string;

/** Ids of WhatsApp's form. Those of one `seed` are always the same; those of two seeds never meet. */
export function createMessageIds(seed: number): NextMessageId {
  let counter = 0;
  return (direction) => {
    counter += 1;
    return `wamid.${Buffer.from(`${direction}:${seed}:${counter}`).toString("base64")}`;
  };
}
