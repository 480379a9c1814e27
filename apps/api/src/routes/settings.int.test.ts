import { newId } from "@parley/runtime";
import { buildInbox } from "@parley/testing";
import { describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { readAudit } from "./audit.fixture.ts";
import { openDesk, openDeskForEachTest, type Client, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;
let admin: Client;

openDeskForEachTest((opened) => ({ api, desk, admin } = opened));

const WEEK = {
  monday: [
    { from: "09:00", to: "12:30" },
    { from: "12:30", to: "24:00" },
  ],
  sunday: [],
};
const SURVEY = {
  isEnabled: false,
  question: expect.stringContaining("How satisfied are you"),
  thanks: null,
  translations: {},
  delayMinutes: 5,
  expiresAfterHours: 48,
};
const HOLIDAYS = [{ date: "2028-02-29" }, { date: "2027-12-25", name: "Christmas" }];

describe("GET /settings", () => {
  test("shows a new company's", async () => {
    const { status, body } = await desk.client.get("/settings");
    expect(status).toBe(200);
    expect(body.data).toEqual({
      timeZone: "UTC",
      country: null,
      languages: ["en"],
      reopenWindowMinutes: 4_320,
      businessHours: {},
      holidays: [],
      survey: SURVEY,
      defaultInboxId: null,
      version: 1,
      updatedAt: desk.tenant.updatedAt.toISOString(),
    });
  });

  test("leaves out what cannot be read, so that it can be replaced", async () => {
    const { id } = desk.tenant;
    const data = { businessHours: { monday: "always" }, holidays: {}, survey: { delayMinutes: -1 } };
    await api.context.database.withSystem((tx) => tx.tenant.update({ where: { id }, data }));
    expect((await desk.client.get("/settings")).body.data).toMatchObject({
      businessHours: {},
      holidays: [],
      survey: SURVEY,
    });
    expect((await admin.patch("/settings", { holidays: HOLIDAYS })).body.data).toMatchObject({ holidays: HOLIDAYS });
  });
});

describe("PATCH /settings", () => {
  test("changes what is given, keeps the rest and writes both versions down", async () => {
    const { id: tenantId } = desk.tenant;
    const { id: userId } = await desk.newMember("ADMIN");
    const { id: defaultInboxId } = await buildInbox(api.context, { tenantId });
    const first = { timeZone: "Europe/Paris", country: "FR", languages: ["fr", "pt-BR"], reopenWindowMinutes: 0 };
    const second = { businessHours: WEEK, holidays: HOLIDAYS, defaultInboxId };
    expect((await admin.patch("/settings", first)).body.data).toMatchObject({ ...first, version: 2 });
    const changed = await desk.as({ userId }).patch("/settings", second);
    expect(changed.status).toBe(200);
    expect(changed.body.data).toEqual({
      ...first,
      ...second,
      survey: SURVEY,
      version: 3,
      updatedAt: api.context.clock.now().toISOString(),
    });
    expect((await desk.client.get("/settings")).body).toEqual(changed.body);

    const [, entry] = await readAudit(api, { tenantId });
    expect(entry).toMatchObject({ action: "settings.changed", actorId: userId, subjectType: "settings" });
    expect(entry?.before).toEqual({ businessHours: {}, holidays: [], defaultInboxId: null, version: 2 });
    expect(entry?.after).toEqual({ ...second, version: 3 });
  });

  test("replaces a field as a whole", async () => {
    await admin.patch("/settings", { businessHours: WEEK });
    const businessHours = { tuesday: [{ from: "08:00", to: "10:00" }] };
    expect((await admin.patch("/settings", { businessHours })).body.data.businessHours).toEqual(businessHours);
    expect((await admin.patch("/settings", { defaultInboxId: null })).body.data.defaultInboxId).toBeNull();
  });

  test("makes no version where nothing changes", async () => {
    const same = { businessHours: WEEK, holidays: HOLIDAYS, languages: ["pt-br"] };
    await admin.patch("/settings", same);
    const { monday, sunday } = WEEK;
    const again = await admin.patch("/settings", { ...same, businessHours: { sunday, monday } });
    expect(again).toMatchObject({ status: 200, body: { data: { version: 2, languages: ["pt-BR"] } } });
    expect((await admin.patch("/settings", {})).body.data.version).toBe(2);
    expect(await readAudit(api, { tenantId: desk.tenant.id })).toHaveLength(1);
  });

  test("of surveys keeps nothing of what was there, and is versioned and written down", async () => {
    const first = { isEnabled: true, thanks: "Thank you!", delayMinutes: 0, expiresAfterHours: 168 };
    expect((await admin.patch("/settings", { survey: first })).body.data).toMatchObject({
      survey: { ...SURVEY, ...first },
      version: 2,
    });
    const translations = {
      "pt-br": { question: "Então?", thanks: "Obrigado!" },
      fr: { question: "Alors ?" },
      de: { question: "Und?" },
    };
    const second = { isEnabled: true, question: "So?", translations };
    const languages = ["en", "de", "fr", "pt-BR"];
    const changed = await admin.patch("/settings", { languages, survey: second });
    expect(changed.body.data).toMatchObject({
      survey: {
        ...SURVEY,
        isEnabled: true,
        question: "So?",
        translations: {
          de: { question: "Und?", thanks: null },
          fr: { question: "Alors ?", thanks: null },
          "pt-BR": { question: "Então?", thanks: "Obrigado!" },
        },
      },
      version: 3,
    });
    expect((await desk.client.get("/settings")).body).toEqual(changed.body);
    expect((await admin.patch("/settings", { survey: second })).body.data.version).toBe(3);
    const [, entry] = await readAudit(api, { tenantId: desk.tenant.id });
    expect(entry?.before).toMatchObject({ survey: first, version: 2 });
    expect(entry?.after).toMatchObject({ survey: { question: "So?" }, version: 3 });
  });

  test("of a version that is no longer the current one is refused", async () => {
    expect((await admin.patch("/settings", { timeZone: "Asia/Tokyo", version: 1 })).status).toBe(200);
    const late = await admin.patch("/settings", { timeZone: "Europe/Paris", version: 1 });
    expect(late).toMatchObject({ status: 409, body: { code: "conflict", detail: expect.stringContaining("again") } });
    expect((await desk.client.get("/settings")).body.data).toMatchObject({ timeZone: "Asia/Tokyo", version: 2 });
  });

  test("twice at once makes two versions, and of two with the same version one", async () => {
    const both = await Promise.all([
      admin.patch("/settings", { timeZone: "Asia/Tokyo" }),
      admin.patch("/settings", { reopenWindowMinutes: 60 }),
    ]);
    expect(new Set(both.map(({ body }) => body.data.version))).toEqual(new Set([2, 3]));
    expect((await desk.client.get("/settings")).body.data).toMatchObject({
      timeZone: "Asia/Tokyo",
      reopenWindowMinutes: 60,
      version: 3,
    });
    const rivals = await Promise.all(
      ["fr", "de", "es"].map((language) => admin.patch("/settings", { languages: [language], version: 3 })),
    );
    expect(rivals.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(rivals.filter(({ status }) => status === 409)).toHaveLength(2);
  });

  test.each<[string, object]>([
    ["timeZone", { timeZone: "Mars/Olympus" }],
    ["timeZone", { timeZone: "+01:00" }],
    ["country", { country: "XX" }],
    ["timeZone", { timeZone: "" }],
    ["timeZone", { timeZone: null }],
    ["languages", { languages: [] }],
    ["languages", { languages: ["en-us", "en-US"] }],
    ["languages", { languages: ["en_US"] }],
    ["languages", { languages: Array.from({ length: 21 }, (_empty, index) => `en-x-${index}`) }],
    ["reopenWindowMinutes", { reopenWindowMinutes: -1 }],
    ["reopenWindowMinutes", { reopenWindowMinutes: 90 * 24 * 60 + 1 }],
    ["reopenWindowMinutes", { reopenWindowMinutes: 1.5 }],
    ["businessHours", { businessHours: { someday: [] } }],
    ["businessHours", { businessHours: { monday: [{ from: "9:00", to: "10:00" }] } }],
    ["businessHours", { businessHours: { monday: [{ from: "24:00", to: "24:00" }] } }],
    ["businessHours", { businessHours: { monday: [{ from: "09:00", to: "24:01" }] } }],
    ["businessHours", { businessHours: { monday: [{ from: "10:00", to: "10:00" }] } }],
    ["businessHours", { businessHours: { monday: [span("09:00", "11:00"), span("10:59", "12:00")] } }],
    ["businessHours", { businessHours: { monday: [span("13:00", "14:00"), span("09:00", "10:00")] } }],
    [
      "businessHours",
      { businessHours: { monday: Array.from({ length: 7 }, (_, hour) => span(`0${hour}:00`, `0${hour}:30`)) } },
    ],
    ["holidays", { holidays: [{ date: "2027-02-29" }] }],
    ["holidays", { holidays: [{ date: "25.12.2027" }] }],
    ["holidays", { holidays: [{ date: "2027-12-25" }, { date: "2027-12-25", name: "Christmas" }] }],
    ["holidays", { holidays: [{ date: "2027-12-25", name: "x".repeat(121) }] }],
    [
      "holidays",
      {
        holidays: Array.from({ length: 401 }, (_, day) => ({
          date: new Date(day * 86_400_000).toISOString().slice(0, 10),
        })),
      },
    ],
    ["survey.question", { survey: { question: " " } }],
    ["survey.question", { survey: { question: "x".repeat(1_001) } }],
    ["survey.thanks", { survey: { thanks: "" } }],
    ["survey.delayMinutes", { survey: { delayMinutes: 1_441 } }],
    ["survey.delayMinutes", { survey: { delayMinutes: -1 } }],
    ["survey.expiresAfterHours", { survey: { expiresAfterHours: 0 } }],
    ["survey.expiresAfterHours", { survey: { expiresAfterHours: 169 } }],
    ["survey.isEnabled", { survey: { isEnabled: "yes" } }],
    ["survey.translations.fr", { survey: { translations: { fr: { question: "Alors ?" } } } }],
    ["survey.translations.pt-BR", { languages: ["fr"], survey: { translations: { "pt-br": { question: "Então?" } } } }],
    ["survey.translations", { survey: { translations: { en_US: { question: "So?" } } } }],
    ["survey.translations.en.question", { survey: { translations: { en: { thanks: "Thank you!" } } } }],
    ["survey", { survey: { mood: "happy" } }],
    ["survey", { survey: null }],
    ["defaultInboxId", { defaultInboxId: "mine" }],
    ["version", { version: "1" }],
    ["", { plan: "enterprise" }],
  ])("refuses %s of %j", async (path, payload) => {
    const answer = await admin.patch("/settings", payload);
    expect(answer).toMatchObject({ status: 400, body: { code: "validation_failed" } });
    expect(answer.body.errors[0].path.startsWith(path)).toBe(true);
    expect((await desk.client.get("/settings")).body.data.version).toBe(1);
  });

  test("takes the most that is allowed", async () => {
    const answer = await admin.patch("/settings", {
      languages: Array.from({ length: 20 }, (_empty, index) => `en-x-${index}`),
      reopenWindowMinutes: 90 * 24 * 60,
      businessHours: { monday: Array.from({ length: 6 }, (_, hour) => span(`0${hour}:00`, `0${hour + 1}:00`)) },
      holidays: Array.from({ length: 400 }, (_, day) => ({
        date: new Date(day * 86_400_000).toISOString().slice(0, 10),
      })),
    });
    expect(answer.status).toBe(200);
  });

  test("knows another company's inbox as little as nobody's", async () => {
    const theirs = await buildInbox(api.context, { tenantId: (await openDesk(api)).tenant.id });
    const answers = [
      await admin.patch("/settings", { defaultInboxId: theirs.id }),
      await admin.patch("/settings", { defaultInboxId: newId() }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404]);
    expect(answers[0]?.body.detail).toBe(answers[1]?.body.detail);
  });

  test("needs the role admin; reading does not", async () => {
    const manager = desk.as({ role: "MANAGER" });
    expect((await manager.patch("/settings", { timeZone: "Asia/Tokyo" })).status).toBe(403);
    expect((await manager.get("/settings")).status).toBe(200);
  });

  test("of one company leaves another's alone", async () => {
    const theirs = await openDesk(api);
    await admin.patch("/settings", { timeZone: "Asia/Tokyo" });
    expect((await theirs.client.get("/settings")).body.data).toMatchObject({ timeZone: "UTC", version: 1 });
  });
});

function span(from: string, to: string): { from: string; to: string } {
  return { from, to };
}

describe("the default inbox", () => {
  test("is not deleted until another is chosen", async () => {
    const { id } = await buildInbox(api.context, { tenantId: desk.tenant.id });
    await admin.patch("/settings", { defaultInboxId: id });
    const refused = await admin.delete(`/inboxes/${id}`);
    expect(refused).toMatchObject({
      status: 409,
      body: { code: "conflict", detail: expect.stringContaining("default") },
    });
    await admin.patch("/settings", { defaultInboxId: null });
    expect((await admin.delete(`/inboxes/${id}`)).status).toBe(204);
  });

  test("is either chosen or deleted when both are asked for at once", async () => {
    for (let round = 0; round < 5; round += 1) {
      const { id } = await buildInbox(api.context, { tenantId: desk.tenant.id });
      const [chosen, deleted] = await Promise.all([
        admin.patch("/settings", { defaultInboxId: id }),
        admin.delete(`/inboxes/${id}`),
      ]);
      expect([
        [200, 409],
        [404, 204],
      ]).toContainEqual([chosen.status, deleted.status]);
      await admin.patch("/settings", { defaultInboxId: null });
    }
  });
});
