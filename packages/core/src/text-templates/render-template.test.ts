import { describe, expect, test } from "vitest";
import { readTemplate } from "./read-template.ts";
import { renderTemplate } from "./render-template.ts";
import { attributeValues, type TemplateValues } from "./template-values.ts";

const VALUES: TemplateValues = {
  contact: { name: "Ada Example", firstName: "Ada" },
  agent: { name: "Agent One", firstName: "Agent" },
  ticket: { number: 12, status: "open", attributes: attributeValues({ gift: true, shop_floor: "second" }) },
  conversation: { channel: "whatsapp" },
  tenant: { name: "Company" },
  now: { date: "31 January 2026", time: "08:00", weekday: "Saturday", hour: 8 },
};

const render = (template: string, values: Partial<TemplateValues> = {}) =>
  renderTemplate(template, { ...VALUES, ...values });

describe("a template", () => {
  test("is filled in with values, numbers and attributes among them", () => {
    const template =
      "Hi {{ contact.firstName | upcase }}, ticket {{ ticket.number }} on {{ ticket.attributes.shop_floor }}.";
    expect(render(template)).toEqual({ text: "Hi ADA, ticket 12 on second.", missing: [] });
  });

  test("has conditional parts", () => {
    const template =
      "{% if now.hour < 12 %}Good morning{% else %}Hello{% endif %}{% unless ticket.orderRef %}, which order?{% endunless %}";
    expect(render(template).text).toBe("Good morning, which order?");
    expect(render(template, { now: { hour: 20 }, ticket: { orderRef: "A1", attributes: {} } }).text).toBe("Hello");
    const byChannel = "{% case conversation.channel %}{% when 'whatsapp' %}W{% else %}E{% endcase %}";
    expect(render(byChannel).text).toBe("W");
    expect(render(byChannel, { conversation: {} })).toEqual({ text: "E", missing: [] });
  });

  test("says which of its variables had no value where they should have stood, once each and in their order", () => {
    const template =
      "{{ ticket.orderRef }} {{ contact.phone }} {% if true %}{{ ticket.orderRef }} {{ ticket.attributes.size }}{% endif %}";
    const missing = ["ticket.orderRef", "contact.phone", "ticket.attributes.size"];
    expect(render(template)).toEqual({ text: "   ", missing });
  });

  test("misses nothing that it has another text for, or in a part that is left out", () => {
    const template =
      "{{ contact.phone | default: 'no phone' }}{% if ticket.orderRef %} order {{ ticket.orderRef }}{% endif %}";
    expect(render(template)).toEqual({ text: "no phone", missing: [] });
  });

  test("does not evaluate what customers wrote", () => {
    const name = "{{ tenant.name }}{% if true %}{% endif %}";
    expect(render("Hi {{ contact.name }}", { contact: { name } })).toEqual({ text: `Hi ${name}`, missing: [] });
    const attributes = { gift: "{{ tenant.name | append: 'x' }}" };
    expect(render("{{ ticket.attributes.gift }}", { ticket: { attributes } }).text).toBe(attributes.gift);
  });

  test("shows braces that it is told to leave alone", () => {
    expect(render("{% raw %}{{ contact.name }}{% endraw %}{% comment %}no{% endcomment %}").text).toBe(
      "{{ contact.name }}",
    );
  });

  test("is text that can be stored, wherever a filter cuts it", () => {
    expect(
      render("{{ contact.name | replace: '-', '' | truncate: 1, '' }}", { contact: { name: "👋🏽" } }).text,
    ).toSatisfy((text: string) => text.isWellFormed());
  });
});

describe("a template is not read", () => {
  test.each([
    ["Hi {{ contact.name", { line: 1, column: 4 }],
    ["Hi\n  {% if contact.name %}x", { line: 2, column: 3 }],
    ["{{ contact.name | base64_encode }}", { line: 1, column: 1 }],
    ["a\nb {% for i in (1..3) %}{% endfor %}", { line: 2, column: 3 }],
    ["{% assign a = 1 %}", { line: 1, column: 1 }],
    ["{% include 'package.json' %}", { line: 1, column: 1 }],
    ["{% render 'package.json' %}", { line: 1, column: 1 }],
    ["{% layout 'package.json' %}", { line: 1, column: 1 }],
    ["{% liquid echo 1 %}", { line: 1, column: 1 }],
    ["{% capture x %}{% endcapture %}", { line: 1, column: 1 }],
  ])("when it says %j, and the place is told", (template, place) => {
    const read = readTemplate(template);
    expect("faults" in read && read.faults[0]).toMatchObject(place);
  });

  test("and all that is wrong is told", () => {
    expect(readTemplate("{% cycle 1 %}\n{% unknown %}")).toEqual({
      faults: [
        { line: 1, column: 1, message: 'tag "cycle" not found' },
        { line: 2, column: 1, message: 'tag "unknown" not found' },
      ],
    });
  });
});

describe("a template that makes too much of itself is refused", () => {
  test.each([
    "{{ (1..900000000) }}",
    `{{ contact.name ${`| replace: 'a', '${"a".repeat(100)}' `.repeat(20)} }}`,
    `{{ "a" ${`| replace: 'a', '${"a".repeat(100)}' `.repeat(20)} }}`,
  ])("%.40s", (template) => {
    expect(() => render(template)).toThrow(expect.objectContaining({ code: "conflict" }));
  });
});

test("nothing of JavaScript's own is reached by a template", () => {
  for (const name of ["contact.constructor", "contact.__proto__", "ticket.attributes.toString", "constructor"]) {
    expect(render(`{{ ${name} }}`).text).toBe("");
  }
});

test("variables are found with their places, wherever they are named", () => {
  const template =
    "{{ contact.name | default: agent.name }}\n{% if ticket[contact.phone] %}{{ a }}{% elsif b %}{% endif %}";
  const read = readTemplate(template);
  if ("faults" in read) throw new Error("it is a template");
  expect(read.variables).toEqual(
    expect.arrayContaining([
      { name: "contact.name", line: 1, column: 4 },
      { name: "agent.name", line: 1, column: 28 },
      { name: "ticket.[contact.phone]", line: 2, column: 7 },
      { name: "contact.phone", line: 2, column: 14 },
      { name: "a", line: 2, column: 34 },
      { name: "b", line: 2, column: expect.any(Number) },
    ]),
  );
});
