import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** Runs the seed as a program does, without loading what it imports again: that takes two seconds each time. */
export interface SeedProcess {
  /** In an environment of `env` and nothing else. Rejects with what the program says when it fails. */
  run(env: Record<string, string>): Promise<void>;
  close(): Promise<void>;
}

/** `seed` is the URL of the program. */
export function startSeedProcess(seed: URL): SeedProcess {
  const program = fileURLToPath(new URL("repeat-seed.fixture.ts", import.meta.url));
  const child = fork(program, [seed.href], { execArgv: [] });
  return {
    async run(env) {
      const answer = once(child, "message");
      child.send(env);
      // What the program itself sends.
      const [{ exitCode, stderr }] = (await answer) as [{ exitCode: number; stderr: string }];
      if (exitCode !== 0) throw Object.assign(new Error(`The seed failed: ${stderr}`), { stderr });
    },
    async close() {
      const ended = once(child, "exit");
      child.kill();
      await ended;
    },
  };
}
