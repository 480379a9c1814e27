import { isTransactionConflict } from "./error-codes.ts";

/** Runs `work` again, at most `tries` times in all, when it lost against another transaction. */
export async function retryOnConflict<T>(work: () => Promise<T>, tries = 5): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= tries || !isTransactionConflict(error)) throw error;
    }
  }
}
