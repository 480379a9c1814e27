import { step } from "@parley/runtime";
import type { BenchDatabase } from "../../setting/bench-database.ts";
import { printTable } from "../../table.ts";
import { seedAgents } from "../../world/seed-agents.ts";
import { seedWorld, withSystem } from "../../world/seed-world.ts";
import type { Bench } from "../bench.ts";
import { copyRows } from "./copy-rows.ts";
import { measureImport } from "./measure-import.ts";

const SMALL = 10_000;
const LARGE = 1_000_000;

/** Files of contacts, from when they are stored. */
export const importBench: Bench = {
  about: "a CSV of new contacts imported by one worker, against COPY of the rows that it writes, in the same schema",
  targets: [{ key: "ratioToCopy", atLeast: 0.25 }],
  async run(run) {
    const large = run.options.scale ?? LARGE;
    const world = await step("a company with a manager", async () => {
      const database = await run.services.createDatabase();
      await seedManager(database);
      return database;
    });
    const fresh = async <T>(use: (database: BenchDatabase) => Promise<T>): Promise<T> => {
      const database = await world.clone();
      const result = await use(database);
      await database.drop();
      return result;
    };
    const few = await step(`${SMALL} lines`, () => fresh((database) => measureImport(run, database, SMALL)));
    const many = await step(`${large} lines`, () => fresh((database) => measureImport(run, database, large)));
    const copySeconds = await step("COPY of the same rows", () => fresh((database) => copyRows(database, large)));
    await world.drop();
    const [perSecond, copyPerSecond] = [large / many.seconds, large / copySeconds];
    printTable(
      "import: lines a second, and the most memory that the worker had",
      ["", "lines/s", "MB"],
      [
        [`${SMALL} lines`, Math.round(SMALL / few.seconds), few.peakMb],
        [`${large} lines`, Math.round(perSecond), many.peakMb],
        [`COPY of the rows of ${large} lines`, Math.round(copyPerSecond), ""],
      ],
    );
    return {
      ratioToCopy: perSecond / copyPerSecond,
      linesPerSecond: perSecond,
      copyLinesPerSecond: copyPerSecond,
      rssMb10k: few.peakMb,
      rssMb1M: many.peakMb,
    };
  },
};

async function seedManager(database: BenchDatabase): Promise<void> {
  await seedWorld(database, { inboxes: 1, contactsPerInbox: 0 });
  await seedAgents(database, { count: 1, cost: 4 });
  await withSystem(database, (client) => client.query("update membership set role = 'MANAGER'"));
}
