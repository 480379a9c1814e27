import { readFileSync, readdirSync } from "node:fs";

/** CPU seconds used so far, by name; "all cores" is everything that ran on the machine. */
export type CpuReading = { at: number; seconds: Map<string, number> };

/** Clock ticks a second in /proc, on every Linux that Node runs on. */
const TICKS = 100;

/**
 * Reads the CPU time of processes from /proc; children (PostgreSQL's backends) count with their parent unless they are
 * named themselves. Undefined where there is no /proc.
 */
export function readCpu(processes: ReadonlyMap<string, number>): CpuReading | undefined {
  try {
    const all = readProcesses();
    const named = new Set(processes.values());
    const seconds = new Map([...processes].map(([name, pid]) => [name, secondsOfFamily(all, pid, named)] as const));
    seconds.set("all cores", machineSeconds());
    return { at: performance.now(), seconds };
  } catch {
    return undefined;
  }
}

/** Percent of one core that each used between two readings. */
export function cpuPercent(before: CpuReading, after: CpuReading): Map<string, number> {
  const elapsed = (after.at - before.at) / 1_000;
  return new Map(
    [...after.seconds].map(([name, seconds]) => [name, ((seconds - (before.seconds.get(name) ?? 0)) / elapsed) * 100]),
  );
}

/** CPU seconds that `name` used between two readings; NaN where they could not be read. */
export function secondsBetween(before: CpuReading | undefined, after: CpuReading | undefined, name: string): number {
  return (after?.seconds.get(name) ?? NaN) - (before?.seconds.get(name) ?? NaN);
}

/**
 * What share (0–1) of the machine was used by programs that this process has not started, between two readings in which
 * it is named "us". Figures that were measured beside others say less. NaN where it could not be read.
 */
export function othersShare(before: CpuReading | undefined, after: CpuReading | undefined, cores: number): number {
  const elapsed = ((after?.at ?? NaN) - (before?.at ?? NaN)) / 1_000;
  const others = secondsBetween(before, after, "all cores") - secondsBetween(before, after, "us");
  return Math.max(0, others) / (elapsed * cores);
}

interface ProcessTimes {
  parent: number;
  seconds: number;
}

function readProcesses(): Map<number, ProcessTimes> {
  const processes = new Map<number, ProcessTimes>();
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const times = readTimes(entry);
    if (times) processes.set(Number(entry), times);
  }
  return processes;
}

/**
 * proc(5): after the name in brackets come state, parent …; fields 14 to 17 of the whole line are utime and stime, and
 * those of children that have ended.
 */
function readTimes(pid: string): ProcessTimes | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return { parent: Number(fields[1]), seconds: ticks / TICKS };
  } catch {
    // It ended while we looked.
    return undefined;
  }
}

function secondsOfFamily(all: ReadonlyMap<number, ProcessTimes>, pid: number, named: ReadonlySet<number>): number {
  let seconds = all.get(pid)?.seconds ?? 0;
  for (const [child, { parent }] of all) {
    if (parent === pid && !named.has(child)) seconds += secondsOfFamily(all, child, named);
  }
  return seconds;
}

/** All that was not idle or waiting for the disk. */
function machineSeconds(): number {
  const [total = ""] = readFileSync("/proc/stat", "utf8").split("\n");
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = total
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + irq + softirq + steal) / TICKS;
}
