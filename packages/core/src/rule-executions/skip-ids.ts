import { newId } from "@parley/runtime";

/** How many hexadecimal digits at the end of an id tell the place in a row of executions; the constraint of the table. */
const PLACE_DIGITS = 4;
const FIRST = "0".repeat(PLACE_DIGITS);

/** An id for a row of executions that leaves room for theirs; ids are time-ordered like any others. */
export function newSkipsId(): string {
  return newId().slice(0, -PLACE_DIGITS) + FIRST;
}

/** The id of the execution at this place, from 1, of a row. */
export function idOfSkip(skipsId: string, place: number): string {
  return skipsId.slice(0, -PLACE_DIGITS) + place.toString(16).padStart(PLACE_DIGITS, "0");
}

/** Where the execution with this id stands, if it is one of a row. Of any other id too, what is before it is before that place. */
export function placeOfSkip(id: string): { skipsId: string; place: number } {
  return { skipsId: id.slice(0, -PLACE_DIGITS) + FIRST, place: Number.parseInt(id.slice(-PLACE_DIGITS), 16) };
}
