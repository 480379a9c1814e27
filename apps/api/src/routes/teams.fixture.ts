import type { ParleyClient } from "@parley/client";
import { beforeEach } from "vitest";
import { openDeskForEachTest, type Client, type Opened } from "./desk.fixture.ts";

/** A desk with somebody who may form teams. */
export interface TeamsDesk extends Opened {
  manager: ParleyClient;
  /** The same person, for what the document does not offer. */
  rawManager: Client;
}

export function openTeamsDeskForEachTest(use: (opened: TeamsDesk) => void): void {
  let opened: Opened;
  openDeskForEachTest((each) => (opened = each));
  beforeEach(async () => {
    const { id: userId } = await opened.desk.newMember("MANAGER");
    use({ ...opened, manager: opened.desk.typed({ userId }), rawManager: opened.desk.as({ userId }) });
  });
}

/** A team of nobody yet; its id. */
export async function formTeam(manager: ParleyClient, name = "Returns"): Promise<string> {
  return (await manager.post("/teams", { body: { name } })).data.id;
}

/** What joining a team is given. */
export const joining = (id: string, userId: string, role?: "lead" | "member") => ({
  path: { id },
  body: { userId, role },
});

/** What changing a team's member or taking them out is given. */
export const being = (id: string, userId: string) => ({ path: { id, userId } });
