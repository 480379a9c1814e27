import type { IdentifierType } from "@parley/db";

/** How somebody is known to a provider, or to the company itself, in the form in which it is stored. */
export interface Identifier {
  type: IdentifierType;
  value: string;
}
