/**
 * Working time: when a tenant is open, and which instant lies so much of it away.
 *
 * A calendar is open at every instant at which a clock on the tenant's wall shows a time within the hours of a day that
 * is not a holiday. The rest follows from that sentence. Hours across a gap of the clock are shorter, hours that it
 * repeats count twice, and a span that begins within a gap begins where the gap ends. A date that a zone left out is no
 * day at all.
 *
 * Between two changes of the clock local time is UTC and a constant, so the hours repeat by the week and sums are
 * arithmetic (`open-hours.ts`); only where the clock changes is asked of a library, once for each zone
 * (`zone-clock.ts`). That library is temporal-polyfill, because it finds changes of the clock: the same as a search
 * through Intl by brute force in all zones from 1970 to 2100. @js-temporal/polyfill misses changes that are followed by
 * their opposite within weeks (parts of Brazil in 2000), and Luxon knows no such question. What it offers is the
 * standard's API, so that Node's own Temporal can take its place.
 */
export { type CalendarInput, type OpeningSpan, type Weekday } from "./calendar-input.ts";
export { calendarTime, compileCalendar, type WorkCalendar } from "./work-calendar.ts";
export { isOpen, nextClosing, nextOpening } from "./openings.ts";
export { addWorkingTime, workingTimeBetween } from "./working-time.ts";
