type Callback = () => void;

const callbacks = new WeakMap<object, Callback[]>();

/** Runs `callback` once `tx` has committed; never when it rolled back. It must not throw and is not awaited. */
export function afterCommit(tx: object, callback: Callback): void {
  const registered = callbacks.get(tx);
  if (!registered) throw new Error("afterCommit needs a transaction of withTenant, withSystem or system.transaction");
  registered.push(callback);
}

/** Runs `work` with `tx` open for `afterCommit`; returns what to call after the commit. */
export async function collectAfterCommit<T>(
  tx: object,
  work: () => Promise<T>,
): Promise<{ value: T; flush: Callback }> {
  const registered: Callback[] = [];
  callbacks.set(tx, registered);
  try {
    const value = await work();
    return { value, flush: () => registered.forEach((callback) => callback()) };
  } finally {
    callbacks.delete(tx);
  }
}
