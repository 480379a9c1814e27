import type { ApiClient } from "../harness/api-client.ts";

/** A company that promises something about its tickets. */
export interface SlaDesk {
  token: string;
  phoneNumberId: string;
  policyId: string;
}

/** Seconds, so that a round sees all of them come due. */
export const TARGETS = { firstResponseSeconds: 9, nextResponseSeconds: 7, resolutionSeconds: 28 };
const TENANTS = 3;

export async function setUpDesks(api: ApiClient): Promise<SlaDesk[]> {
  const desks: SlaDesk[] = [];
  for (let tenant = 0; tenant < TENANTS; tenant += 1) {
    const { accessToken: token } = await api.post<{ accessToken: string }>("/auth/register", {
      tenantName: `Drill ${tenant}`,
      email: `owner${tenant}@drill.example`,
      password: "a drill is no emergency",
      fullName: `Owner ${tenant}`,
    });
    const phoneNumberId = `30654000000${tenant}`;
    const inbox = { name: "WhatsApp", channel: "whatsapp", externalId: phoneNumberId };
    await api.post("/inboxes", { ...inbox, credentials: { accessToken: "token" } }, { token });
    const { id: policyId } = await api.post<{ id: string }>(
      "/sla/policies",
      {
        name: "All",
        targets: { default: TARGETS },
        pauseIn: ["waiting_customer"],
        warnAtPercent: 60,
        escalations: [
          { on: "breach", metrics: ["first_response"], actions: [{ type: "set_priority", priority: "urgent" }] },
          { on: "breach", afterSeconds: 2, metrics: ["resolution"], actions: [{ type: "add_tags", tags: ["late"] }] },
        ],
      },
      { token },
    );
    desks.push({ token, phoneNumberId, policyId });
  }
  return desks;
}
