import { describe, expect, it } from "vitest";
import { classifyGraphError } from "./error-class.ts";

/** Meta's codes by what we do about them. */
const KINDS = {
  retry: [1, 2, 131000, 131016, 131057, 132069, 133004],
  slow_down: [4, 80007, 130429, 131056],
  pause: [
    0, 3, 10, 33, 190, 200, 250, 299, 368, 131005, 131031, 131037, 131042, 131045, 131048, 131063, 131064, 133010,
    134011,
  ],
  final: [
    100, 130403, 130472, 130497, 131008, 131009, 131021, 131026, 131030, 131047, 131049, 131050, 131051, 131052, 131053,
    131062, 132000, 132001, 132005, 132007, 132012, 132015, 132016, 132018, 132068, 133000, 133005, 133006, 133008,
    133009, 133015, 133016, 135000,
  ],
};

describe("classifyGraphError", () => {
  it.each(Object.entries(KINDS))("%s", (kind, codes) => {
    expect(codes.map((code) => [code, classifyGraphError(code).kind])).toEqual(codes.map((code) => [code, kind]));
  });

  it.each([199, 300, 5, 131999, -1])("takes the unknown code %i for final", (code) => {
    expect(classifyGraphError(code, { httpStatus: 500 })).toEqual({ kind: "final" });
  });

  it("believes HTTP 429 where the code says nothing", () => {
    expect(classifyGraphError(131999, { httpStatus: 429 })).toEqual({ kind: "slow_down", scope: "account" });
    expect(classifyGraphError(131047, { httpStatus: 429 })).toEqual({ kind: "final" });
  });

  it("gives up sooner on faults that may be ours", () => {
    expect(classifyGraphError(1)).toEqual({ kind: "retry", maxAttempts: 2 });
    expect(classifyGraphError(131000)).toEqual({ kind: "retry", maxAttempts: 3 });
  });

  it("waits four times longer at each attempt at one recipient", () => {
    const waits = [1, 2, 3, 6, 60].map((attempt) => classifyGraphError(131056, { attempt }));
    expect(waits).toEqual(
      [1, 4, 16, 1024, 1024].map((seconds) => ({
        kind: "slow_down",
        scope: "recipient",
        retryAfterMs: seconds * 1000,
      })),
    );
  });
});
