/** What tickets are about, with how often, and which team it concerns; a ticket's category is its topic. */
export const TOPICS = {
  delivery: { weight: 34, team: "Delivery", tags: ["late", "lost", "tracking"] },
  return: { weight: 22, team: "Returns", tags: ["refund", "exchange", "label"] },
  defect: { weight: 16, team: "Returns", tags: ["damaged", "warranty", "spare part"] },
  invoice: { weight: 12, team: "Billing", tags: ["vat", "payment", "refund"] },
  product: { weight: 11, team: "Sales", tags: ["advice", "stock", "sizes"] },
  cancellation: { weight: 5, team: "Billing", tags: ["refund", "duplicate order"] },
} as const;

export type Topic = keyof typeof TOPICS;

/** What is written in one language. `{order}` and `{product}` are filled in. */
export interface Phrases {
  greetings: readonly string[];
  closings: readonly string[];
  /** What customers ask for the first time, by topic. */
  questions: Readonly<Record<Topic, readonly string[]>>;
  /** What they write afterwards. */
  replies: readonly string[];
  /** What agents answer, by topic. */
  answers: Readonly<Record<Topic, readonly string[]>>;
  /** How agents end. */
  signatures: readonly string[];
  /** What agents write to each other. */
  notes: readonly string[];
  products: readonly string[];
}
