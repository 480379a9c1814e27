/** What a template can name, with what it stands for. What has no value at the time is left out of the text. */
export const VARIABLES = {
  "contact.name": "The contact's name.",
  "contact.firstName": "The first word of it.",
  "contact.phone": "Their first phone number, of WhatsApp or not.",
  "contact.email": "Their first e-mail address.",
  "agent.name": "The name of whoever uses the template.",
  "agent.firstName": "The first word of it.",
  "ticket.number": "A number.",
  "ticket.subject": "A text.",
  "ticket.orderRef": "The order that it is about.",
  "ticket.status": "Such as waiting_customer.",
  "conversation.channel": "Such as whatsapp.",
  "tenant.name": "The company's name.",
  "now.date": "Today, in the company's language and time zone.",
  "now.time": "The time of day, likewise.",
  "now.weekday": "The day of the week, likewise.",
  "now.hour": "0 to 23, a number.",
} as const;

/** Before the key of one of the tenant's own attributes. */
const ATTRIBUTE = "ticket.attributes.";

/** For the documentation of what takes a template. */
export const TEMPLATE_HELP = `May hold variables, such as {{ contact.firstName }}, and conditional parts, such as {% if ticket.orderRef %}…{% endif %}, in Liquid. There are ${Object.keys(VARIABLES).join(", ")} and ${ATTRIBUTE}KEY.`;

export function isVariable(name: string): boolean {
  return Object.hasOwn(VARIABLES, name) || attributeKeyOf(name) !== undefined;
}

/** The key of the attribute that a variable stands for, if it stands for one. */
export function attributeKeyOf(name: string): string | undefined {
  if (!name.startsWith(ATTRIBUTE)) return undefined;
  const key = name.slice(ATTRIBUTE.length);
  return key === "" || key.includes(".") ? undefined : key;
}
