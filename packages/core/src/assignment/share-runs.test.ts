import { expect, test } from "vitest";
import { shareRuns } from "./share-runs.ts";

/** Runs that end when the test says so, in the order in which they began. */
function stagedRuns() {
  const begun: { key: string; end: PromiseWithResolvers<void> }[] = [];
  const share = shareRuns((key) => {
    const end = Promise.withResolvers<void>();
    begun.push({ key, end });
    return end.promise;
  });
  return { begun, share, keys: () => begun.map(({ key }) => key) };
}

test("whoever comes during a run shares the next one", async () => {
  const { begun, share, keys } = stagedRuns();
  const first = share("a");
  const during = [share("a"), share("a"), share("a")];
  expect(keys()).toEqual(["a"]);
  begun[0]?.end.resolve();
  await first;
  // All but the one who waits left it to them.
  await Promise.all(during.slice(1));
  expect(keys()).toEqual(["a", "a"]);
  begun[1]?.end.resolve();
  await during[0];
  expect(keys()).toEqual(["a", "a"]);
});

test("runs for different keys do not wait for each other", () => {
  const { share, keys } = stagedRuns();
  void share("a");
  void share("b");
  expect(keys()).toEqual(["a", "b"]);
});

test("a failure is that of who began the run, and the next run begins all the same", async () => {
  const { begun, share, keys } = stagedRuns();
  const first = share("a");
  const second = share("a");
  begun[0]?.end.reject(new Error("no database"));
  await expect(first).rejects.toThrow("no database");
  expect(keys()).toEqual(["a", "a"]);
  begun[1]?.end.resolve();
  await second;
});

test("whoever comes after everything has ended begins anew", async () => {
  const { begun, share, keys } = stagedRuns();
  const first = share("a");
  begun[0]?.end.resolve();
  await first;
  const second = share("a");
  expect(keys()).toEqual(["a", "a"]);
  begun[1]?.end.resolve();
  await second;
});
