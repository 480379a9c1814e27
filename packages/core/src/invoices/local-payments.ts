import type { PaymentProvider } from "./payment-provider.ts";

/**
 * For an installation whose invoices are paid elsewhere: it takes everything, and moves no money. It needs no memory, because
 * the same id is the same payment.
 */
export function createLocalPayments(): PaymentProvider {
  return {
    name: "local",
    charge: ({ id }) => Promise.resolve({ state: "ACCEPTED", reference: `local-${id}` }),
    find: () => Promise.resolve(null),
  };
}
