/** What a provider is asked to take. */
export interface PaymentRequest {
  /** Of our attempt. A provider takes what has the same id once, however often it is asked. */
  id: string;
  /** Decimal. */
  amount: string;
  /** ISO 4217 */
  currency: string;
  tenantId: string;
  /** What it is for, as the payer reads it. */
  description: string;
}

export type PaymentOutcome =
  | { state: "ACCEPTED"; reference: string }
  | { state: "REFUSED"; code: string; title: string }
  /** Nobody knows whether it was taken. */
  | { state: "UNKNOWN" };

/** Whoever takes money for the platform. */
export interface PaymentProvider {
  /** As it stands in payments. */
  readonly name: string;
  /** Whatever it throws counts as UNKNOWN. */
  charge(request: PaymentRequest, signal: AbortSignal): Promise<PaymentOutcome>;
  /** What became of the payment with this id; null: it has never heard of it. */
  find(id: string, signal: AbortSignal): Promise<PaymentOutcome | null>;
}

/** What verbs that take payments are given. */
export interface PaymentContext {
  payments: PaymentProvider;
}
