interface Span {
  start: number;
  end: number;
}

/**
 * Of findings that claim the same characters, the one that comes first in `byPriority`; the result is in the order of the
 * text. Linear in the text's length and the findings.
 */
export function takeApart<T extends Span>(byPriority: readonly T[], length: number): T[] {
  const taken = new Uint8Array(length);
  return byPriority
    .filter(({ start, end }) => {
      if (taken.subarray(start, end).includes(1)) return false;
      taken.fill(1, start, end);
      return true;
    })
    .toSorted((a, b) => a.start - b.start);
}
