const WINDOW_MS = 24 * 60 * 60 * 1000;

/** When each user last wrote to a number: for 24 h after that, anything may be sent to them (Meta, error 131047). */
export interface ServiceWindows {
  opened(phoneNumberId: string, user: string, at: number): void;
  isOpen(phoneNumberId: string, user: string, at: number): boolean;
  clear(): void;
}

/** Unless `enforced`, every window is open. */
export function createServiceWindows(enforced: boolean): ServiceWindows {
  const lastInboundAt = new Map<string, number>();

  return {
    opened: (phoneNumberId, user, at) => void lastInboundAt.set(pairOf(phoneNumberId, user), at),
    isOpen: (phoneNumberId, user, at) =>
      !enforced || at - (lastInboundAt.get(pairOf(phoneNumberId, user)) ?? -Infinity) < WINDOW_MS,
    clear: () => lastInboundAt.clear(),
  };
}

function pairOf(phoneNumberId: string, user: string): string {
  return `${phoneNumberId}/${user}`;
}
