import { FIRST_MONDAY, WEEK_MS } from "./local-time.ts";

/** Milliseconds since Monday, 00:00, and how much of the week is open before the piece begins. */
export interface OpenPiece {
  start: number;
  end: number;
  before: number;
}

/** What every week repeats: pieces in their order, with closed time between them, unless midnight on Sunday is. */
export interface OpenWeek {
  pieces: readonly OpenPiece[];
  /** Open milliseconds a week, never 0. */
  total: number;
}

/** Makes one piece of spans that touch. They stand in their order and do not overlap. */
export function buildOpenWeek(spans: readonly { start: number; end: number }[]): OpenWeek {
  const pieces: OpenPiece[] = [];
  let total = 0;
  for (const { start, end } of spans) {
    const last = pieces.at(-1);
    if (last?.end === start) last.end = end;
    else pieces.push({ start, end, before: total });
    total += end - start;
  }
  return { pieces, total };
}

/** Open milliseconds from the first Monday until `local`; negative before it. */
export function weeklyTimeUntil(week: OpenWeek, local: number): number {
  const weeks = Math.floor((local - FIRST_MONDAY) / WEEK_MS);
  const inWeek = local - FIRST_MONDAY - weeks * WEEK_MS;
  let open = 0;
  for (const { start, end } of week.pieces) {
    if (start >= inWeek) break;
    open += Math.min(end, inWeek) - start;
  }
  return weeks * week.total + open;
}

/** The earliest local time with `open` milliseconds until it. */
export function weeklyTimeReachedAt(week: OpenWeek, open: number): number {
  // What is reached as a week ends is reached with its last piece, not with the first of the next week.
  const weeks = Math.ceil(open / week.total) - 1;
  const inWeek = open - weeks * week.total;
  let reached = 0;
  for (const { start, before } of week.pieces) {
    if (before >= inWeek) break;
    reached = start + inWeek - before;
  }
  return FIRST_MONDAY + weeks * WEEK_MS + reached;
}

/** When the piece that is open at `local` ends: Infinity if none ever does. `local` itself where none is open. */
export function weeklyClosingAt(week: OpenWeek, local: number): number {
  const inWeek = (((local - FIRST_MONDAY) % WEEK_MS) + WEEK_MS) % WEEK_MS;
  const piece = week.pieces.find(({ start, end }) => start <= inWeek && inWeek < end);
  if (piece === undefined) return local;
  const endsIn = piece.end - inWeek;
  const first = week.pieces[0];
  if (piece.end < WEEK_MS || first === undefined || first.start > 0) return local + endsIn;
  return first.end === WEEK_MS ? Infinity : local + endsIn + first.end;
}
