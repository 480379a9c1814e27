type Callback = () => void;

const callbacks = new WeakMap<object, Callback[]>();

/** Runs `callback` once `tx` has committed; never when it rolled back. It must not throw and is not awaited. */
export function afterCommit(tx: object, callback: Callback): void {
  const registered = callbacks.get(tx);
  if (!registered) throw new Error("afterCommit needs an open transaction of the database");
  registered.push(callback);
}

/** Runs `work` with a transaction, which may have several forms, open for `afterCommit`; returns what to call after the commit. */
export async function collectAfterCommit<T>(
  forms: readonly object[],
  work: () => Promise<T>,
): Promise<{ value: T; flush: Callback }> {
  const registered: Callback[] = [];
  for (const tx of forms) callbacks.set(tx, registered);
  try {
    const value = await work();
    return { value, flush: () => registered.forEach((callback) => callback()) };
  } finally {
    for (const tx of forms) callbacks.delete(tx);
  }
}
