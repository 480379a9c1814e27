import { DomainError } from "@parley/runtime";
import { Piscina } from "piscina";
import type { InvoiceJson } from "./schemas.ts";

/**
 * Makes PDFs, one at a time, in a thread: letters are drawn for a tenth of a second or more, in which nobody else would be
 * answered. Refuses as `unavailable` when too many wait.
 */
export interface InvoicePrinter {
  pdf(invoice: InvoiceJson): Promise<Buffer>;
}

/** What routes that print are given. */
export interface PrinterContext {
  printer: InvoicePrinter;
}

const MAX_WAITING = 20;
const IDLE_THREAD_MS = 60_000;
const RETRY_SECONDS = 5;

export function createInvoicePrinter(): InvoicePrinter {
  // It does not keep the process up.
  const threads = new Piscina({
    filename: new URL("./printing-thread.ts", import.meta.url).href,
    minThreads: 0,
    maxThreads: 1,
    maxQueue: MAX_WAITING,
    idleTimeout: IDLE_THREAD_MS,
  });
  return {
    async pdf(invoice) {
      if (threads.queueSize >= MAX_WAITING) {
        throw new DomainError("unavailable", "Too many invoices are being printed at this moment; try again shortly.", {
          retryAfterSeconds: RETRY_SECONDS,
        });
      }
      // What comes back from a thread has no type of its own.
      return Buffer.from((await threads.run(invoice, { name: "print" })) as Uint8Array);
    },
  };
}
