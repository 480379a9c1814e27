/** "2026-01-31 08:00 UTC": we do not know the reader's time zone. */
export function mailTime(time: Date): string {
  return `${time.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
