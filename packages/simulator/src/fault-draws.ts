import type { Faults } from "./faults.ts";
import { createRandom, type Random } from "./random.ts";

/** How one send is to end. Drawn before it is looked at, so that the n-th send of a seed always has the same fate. */
export interface SendFate {
  answer:
    | "honest"
    | "status429"
    | "status500WithBody"
    | "status500Bare"
    | "status500BareAccepted"
    | "timeoutBeforeAccept"
    | "timeoutAfterAccept";
  failsLaterWith: number | undefined;
  statusBeforeAnswer: boolean;
}

/** What happens to one update (an inbound message or a status) on its way to the webhook. */
export interface UpdateFate {
  dropped: boolean;
  duplicate: boolean;
  heldBack: boolean;
  extraDelayMs: number;
}

/** How one download of a file is to end. */
export type DownloadFate = "honest" | "mediaStatus500" | "mediaWrongBytes" | "mediaTruncated";

export interface FaultDraws {
  readonly current: Faults;
  drawSend(): SendFate;
  drawUpdate(): UpdateFate;
  /** Whether the first URL of a file is gone when it is used. */
  drawFirstUrl(): { isGone: boolean };
  drawDownload(): DownloadFate;
}

/** Codes that Meta is known to report after a 200. */
const LATE_FAILURES = [131026, 131047, 131049, 131053];

/** A fresh sequence of draws. One draw is made from every stream each time, so no rate shifts another's sequence. */
export function createFaultDraws(faults: Faults): FaultDraws {
  const stream = (name: string): Random => createRandom(faults.seed, name);
  const random = {
    status429: stream("status429"),
    status500: stream("status500"),
    status500Kind: stream("status500Kind"),
    timeoutBeforeAccept: stream("timeoutBeforeAccept"),
    timeoutAfterAccept: stream("timeoutAfterAccept"),
    acceptedThenFailed: stream("acceptedThenFailed"),
    lateFailure: stream("lateFailure"),
    statusBeforeAnswer: stream("statusBeforeAnswer"),
    dropStatus: stream("dropStatus"),
    duplicate: stream("duplicate"),
    reorder: stream("reorder"),
    delay: stream("delay"),
    mediaUrlExpired: stream("mediaUrlExpired"),
    mediaStatus500: stream("mediaStatus500"),
    mediaWrongBytes: stream("mediaWrongBytes"),
    mediaTruncated: stream("mediaTruncated"),
  };

  return {
    current: faults,
    drawSend() {
      const status429 = random.status429() < faults.status429;
      const status500 = random.status500() < faults.status500;
      const status500Kind = random.status500Kind();
      const timeoutBeforeAccept = random.timeoutBeforeAccept() < faults.timeoutBeforeAccept;
      const timeoutAfterAccept = random.timeoutAfterAccept() < faults.timeoutAfterAccept;
      const failsLater = random.acceptedThenFailed() < faults.acceptedThenFailed;
      const lateFailure = LATE_FAILURES[Math.floor(random.lateFailure() * LATE_FAILURES.length)];
      const statusBeforeAnswer = random.statusBeforeAnswer() < faults.statusBeforeAnswer;

      let answer: SendFate["answer"] = "honest";
      if (status429) answer = "status429";
      else if (status500) answer = status500Answer(status500Kind);
      else if (timeoutBeforeAccept) answer = "timeoutBeforeAccept";
      else if (timeoutAfterAccept) answer = "timeoutAfterAccept";
      return { answer, failsLaterWith: failsLater ? lateFailure : undefined, statusBeforeAnswer };
    },
    drawUpdate: () => ({
      dropped: random.dropStatus() < faults.dropStatus,
      duplicate: random.duplicate() < faults.duplicate,
      heldBack: random.reorder() < faults.reorder,
      extraDelayMs: Math.floor(random.delay() * faults.delayMs),
    }),
    drawFirstUrl: () => ({ isGone: random.mediaUrlExpired() < faults.mediaUrlExpired }),
    drawDownload() {
      const drawn = (["mediaStatus500", "mediaWrongBytes", "mediaTruncated"] as const).filter(
        (name) => random[name]() < faults[name],
      );
      return drawn[0] ?? "honest";
    },
  };
}

function status500Answer(kind: number): SendFate["answer"] {
  if (kind < 0.5) return "status500WithBody";
  return kind < 0.75 ? "status500Bare" : "status500BareAccepted";
}
