/** What the command line may ask of a bench or drill. Each takes what concerns it; what is absent has its own default. */
export interface RunOptions {
  /** How long one measured round lasts. */
  seconds?: number;
  /** How often a bench measures each contender, or how many schedules a drill plays. */
  rounds?: number;
  /** How many rows of what it is about the larger world of a bench at scale has. */
  scale?: number;
  /** Determines what a drill does, and when. */
  seed?: number;
  /** Where the measured processes write CPU profiles. */
  cpuProfileDirectory?: string;
}
