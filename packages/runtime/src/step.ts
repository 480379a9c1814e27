const SILENCE_MS = 2_000;

/**
 * For programs that a person watches: prints what was done and how long it took and, every two seconds until then, that
 * it goes on and how far it is.
 */
export async function step<Result>(
  what: string,
  work: () => Promise<Result>,
  howFar: () => string = () => "",
): Promise<Result> {
  const startedAt = performance.now();
  const print = (sign: string): void => {
    const seconds = `${((performance.now() - startedAt) / 1_000).toFixed(1)} s`;
    process.stdout.write(`  ${sign} ${[what, howFar(), seconds].filter((text) => text !== "").join(", ")}\n`);
  };
  const timer = setInterval(() => print("…"), SILENCE_MS);
  try {
    const result = await work();
    print("✓");
    return result;
  } finally {
    clearInterval(timer);
  }
}
