/** What a customer may want. `other` is also the answer when nothing here is likely enough. */
export const INTENT_LABELS = [
  "order_issue",
  "return_request",
  "delivery",
  "invoice",
  "complaint",
  "thanks",
  "spam",
  "product_question",
  "cancellation",
  "address_change",
  "human_request",
  "other",
] as const;

export type IntentLabel = (typeof INTENT_LABELS)[number];

export function isIntentLabel(value: string | undefined): value is IntentLabel {
  return (INTENT_LABELS as readonly (string | undefined)[]).includes(value);
}
