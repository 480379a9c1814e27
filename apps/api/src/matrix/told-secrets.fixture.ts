/** As many characters as the shortest secret has at least. */
const START = 8;

/**
 * Lines in which one of the secrets stands. Each line is gone through once however many secrets there are: looking for
 * thousands of them one by one in thousands of lines takes longer than all the requests that were logged.
 */
export function linesThatTell(lines: readonly string[], secrets: ReadonlySet<string>): string[] {
  const byStart = Map.groupBy(secrets, (secret) => {
    if (secret.length < START) throw new Error(`A secret of ${secret.length} characters stands in a line by chance`);
    return secret.slice(0, START);
  });
  return lines.filter((line) => {
    for (let at = 0; at + START <= line.length; at += 1) {
      const begun = byStart.get(line.slice(at, at + START));
      if (begun?.some((secret) => line.startsWith(secret, at))) return true;
    }
    return false;
  });
}
