/** Places for work that takes seconds: of all tenants together, and of one, so that its slow model delays nobody else. */
export interface SlowLanes {
  /** Runs `work` if there is a place for the tenant, and tells whether there was. */
  tryRun(tenantId: string, work: () => Promise<void>): Promise<boolean>;
  hasPlace(tenantId: string): boolean;
}

export function createSlowLanes({ places, ofTenant }: { places: number; ofTenant: number }): SlowLanes {
  const running = new Map<string, number>();
  let all = 0;

  const hasPlace = (tenantId: string): boolean => all < places && (running.get(tenantId) ?? 0) < ofTenant;

  return {
    hasPlace,
    async tryRun(tenantId, work) {
      if (!hasPlace(tenantId)) return false;
      all += 1;
      running.set(tenantId, (running.get(tenantId) ?? 0) + 1);
      try {
        await work();
      } finally {
        all -= 1;
        const left = (running.get(tenantId) ?? 1) - 1;
        if (left === 0) running.delete(tenantId);
        else running.set(tenantId, left);
      }
      return true;
    },
  };
}
