import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { removeEmbeddedData } from "@parley/embedded";

/** Where a run of the tests keeps the data of its servers. */
export interface TestDirectory {
  path: string;
  release(): Promise<void>;
}

const KEPT = fileURLToPath(new URL("../../../.parley/test", import.meta.url));

/** A directory that stays for the next run; one of its own, removed afterwards, while another run uses that. */
export async function claimTestDirectory(): Promise<TestDirectory> {
  const claimFile = join(KEPT, "claimed-by");
  await mkdir(KEPT, { recursive: true });
  if (await claim(claimFile)) return { path: KEPT, release: () => rm(claimFile, { force: true }) };
  const path = await mkdtemp(join(tmpdir(), "parley-test-"));
  return {
    path,
    async release() {
      await removeEmbeddedData(path);
      await rm(path, { recursive: true, force: true });
    },
  };
}

async function claim(file: string): Promise<boolean> {
  try {
    await writeFile(file, String(process.pid), { flag: "wx" });
    return true;
  } catch {
    if (isRunning(Number(await readFile(file, "utf8").catch(() => "")))) return false;
    // A run that was killed left its claim behind.
    await writeFile(file, String(process.pid));
    return true;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
