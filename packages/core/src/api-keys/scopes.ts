import { PERMISSIONS, type Action } from "../context/index.ts";

/** Object.keys forgets which keys it has. */
export const ACTIONS = Object.keys(PERMISSIONS) as Action[];

const LETS_OTHERS_IN: ReadonlySet<string> = new Set<Action>([
  "api_keys.manage",
  "invitations.manage",
  "members.manage",
]);

/** Whether people or programs are let in by `action`, who stay when whoever did it is not let in any more. */
export function letsOthersIn(action: string): boolean {
  return LETS_OTHERS_IN.has(action);
}

/** Whether a key may have `action` as a scope: a program that could let others in would outlive its own revocation. */
export function isForKeys(action: Action): boolean {
  return !letsOthersIn(action);
}

/** The scopes that a key was given, as far as there still are such actions, and they are for keys. */
export function readScopes(stored: readonly string[]): Action[] {
  return ACTIONS.filter((action) => isForKeys(action) && stored.includes(action));
}
