import { Client } from "pg";

/** Runs SQL as the owner of a test's database: for faults that no role of ours can bring about. */
export async function runAsOwner({ ownerUrl }: { ownerUrl: string }, sql: string): Promise<void> {
  const owner = new Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    await owner.query(sql);
  } finally {
    await owner.end();
  }
}
