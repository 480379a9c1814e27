let given = 0;

/**
 * A number in E.164 that this process has not given before: among the contacts of one long test, numbers drawn at
 * random meet each other.
 */
export function unusedPhone(): string {
  given += 1;
  return `+1555${2_000_000 + given}`;
}
