import { createHash } from "node:crypto";

/**
 * Who is behind a key where no tenant is known: somebody who is signed in, or, on a route for anybody, whoever the
 * request speaks for: an e-mail, a link or a session. Strangers who use the same key are told apart by it.
 */
export type KeyOwner = readonly [kind: KeyOwnerKind, id: string];

type KeyOwnerKind =
  | "user"
  | "session"
  | "login"
  | "register"
  | "forgot_password"
  | "reset_password"
  | "accept_invitation"
  | "logout";

/**
 * Stands for the owner in the table, which so holds neither e-mails nor tokens. Not keyed: a rotation of the keys must
 * not part twins.
 */
export function hashOwner(owner: KeyOwner): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash("sha256").update(JSON.stringify(owner)).digest());
}
