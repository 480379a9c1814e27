import { PERMISSIONS, type Action } from "../context/index.ts";

/** Object.keys forgets which keys it has. */
export const ACTIONS = Object.keys(PERMISSIONS) as Action[];

/** A program that could let people or programs in would outlive whoever revokes its key. */
const FOR_PEOPLE_ONLY: ReadonlySet<string> = new Set<Action>([
  "api_keys.manage",
  "invitations.manage",
  "members.manage",
]);

/** Whether a key may have `action` as a scope. */
export function isForKeys(action: Action): boolean {
  return !FOR_PEOPLE_ONLY.has(action);
}

/** The scopes that a key was given, as far as there still are such actions, and they are for keys. */
export function readScopes(stored: readonly string[]): Action[] {
  return ACTIONS.filter((action) => isForKeys(action) && stored.includes(action));
}
