/** The `n`-th person of a file. */
export function plannedPerson(n: number): { name: string; email: string; phone: string } {
  return {
    name: `Customer ${n}`,
    email: `customer${n}@customers.example`,
    phone: `+49151${String(n).padStart(8, "0")}`,
  };
}

/** So many texts share a piece of a stream. */
const TOGETHER = 1_000;

/** A header, then a line for each. */
export function csvOf(lines: number): Generator<Buffer> {
  return pieces(lines, "name,email,phone,tags\n", (n) => {
    const { name, email, phone } = plannedPerson(n);
    return `${name},${email},${phone},imported\n`;
  });
}

/** The texts of 0 to `count` - 1 as pieces of a stream. */
export function* pieces(count: number, first: string, textOf: (n: number) => string): Generator<Buffer> {
  let piece = first;
  for (let n = 0; n < count; n += 1) {
    piece += textOf(n);
    if (n % TOGETHER !== TOGETHER - 1) continue;
    yield Buffer.from(piece);
    piece = "";
  }
  yield Buffer.from(piece);
}
