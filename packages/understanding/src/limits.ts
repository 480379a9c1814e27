/** What stands further back in a message is not analysed: longer ones are quoted threads or attacks. */
export const MAX_ANALYSED_LENGTH = 10_000;
