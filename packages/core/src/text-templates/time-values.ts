/** The time as a company tells it: in its first language, in its time zone. */
export function timeValues(
  now: Date,
  { timeZone, languages }: { timeZone: string; languages: readonly string[] },
): { date: string; time: string; weekday: string; hour: number } {
  const [language = "en"] = languages;
  const write = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat(language, { ...options, timeZone }).format(now);
  return {
    date: write({ dateStyle: "long" }),
    time: write({ timeStyle: "short" }),
    weekday: write({ weekday: "long" }),
    hour: hourOf(now, timeZone),
  };
}

/** In Latin digits, whatever the language: it is there to be compared. */
function hourOf(now: Date, timeZone: string): number {
  const parts = new Intl.DateTimeFormat("en", { hour: "numeric", hourCycle: "h23", timeZone }).formatToParts(now);
  return Number(parts.find(({ type }) => type === "hour")?.value);
}
