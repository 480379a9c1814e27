import { Liquid } from "liquidjs";
import { printInvoice } from "./invoice-words.ts";
import type { InvoiceJson } from "./schemas.ts";

/** One page that needs nothing from elsewhere, and prints as it is shown; every text in it is escaped. */
const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{{ title }} {{ number }}</title>
<style>
  @page { size: A4; margin: 18mm 15mm; }
  :root { color-scheme: light; }
  body { font: 14px/1.45 system-ui, "DejaVu Sans", sans-serif; color: #1b1f24; margin: 0 auto; padding: 2rem; max-width: 60rem; }
  header { display: flex; justify-content: space-between; gap: 2rem; border-bottom: 2px solid #1b1f24; padding-bottom: 1rem; }
  h1 { font-size: 1.6rem; margin: 0; overflow-wrap: anywhere; }
  h2 { font-size: 1rem; margin: 2rem 0 .5rem; }
  .company { text-align: right; overflow-wrap: anywhere; max-width: 50%; }
  .status { font-weight: 600; }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: 1.25rem 0; }
  dt { color: #57606a; }
  dd { margin: 0; }
  table { border-collapse: collapse; width: 100%; }
  thead { display: table-header-group; }
  tr { break-inside: avoid; }
  th, td { text-align: left; vertical-align: top; padding: .4rem .5rem; border-bottom: 1px solid #d0d7de; overflow-wrap: anywhere; }
  th { color: #57606a; font-weight: 600; font-size: .85em; }
  .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; overflow-wrap: normal; }
  .short { white-space: nowrap; overflow-wrap: normal; }
  .span { color: #57606a; font-size: .85em; }
  .sums { width: auto; margin: 1rem 0 0 auto; break-inside: avoid; }
  .sums tr:first-child td, .sums tr:first-child th { font-size: 1.1em; font-weight: 700; color: inherit; }
  footer { margin-top: 2.5rem; color: #57606a; font-size: .85em; }
  @media print { body { padding: 0; max-width: none; font-size: 11px; } }
</style>
</head>
<body>
<header>
  <div><h1>{{ title }}</h1>{{ number }}</div>
  <div class="company"><strong>{{ company }}</strong><br><span class="status">{{ status }}</span></div>
</header>
<main>
<dl>{% for fact in facts %}<dt>{{ fact.name }}</dt><dd>{{ fact.value }}</dd>{% endfor %}</dl>
<table>
<thead><tr><th>#</th><th>What for</th><th class="number">Quantity</th><th class="number">Included</th><th class="number">Charged</th><th class="number">Unit price</th><th class="number">Amount</th></tr></thead>
<tbody>
{% for line in lines %}<tr><td>{{ line.position }}</td><td>{{ line.description }}<br><span class="span">{{ line.span }}</span></td><td class="number">{{ line.quantity }}</td><td class="number">{{ line.included }}</td><td class="number">{{ line.charged }}</td><td class="number">{{ line.unitPrice }}</td><td class="number">{{ line.amount }}</td></tr>
{% endfor %}</tbody>
</table>
<table class="sums">{% for sum in sums %}<tr><th>{{ sum.name }}</th><td class="number">{{ sum.value }}</td></tr>{% endfor %}</table>
{% if creditNotes.size > 0 %}<h2>Credit notes</h2>
<table><thead><tr><th>Number</th><th>Date</th><th>Reason</th><th class="number">Amount</th></tr></thead><tbody>
{% for note in creditNotes %}<tr><td class="short">{{ note.number }}</td><td class="short">{{ note.date }}</td><td>{{ note.reason }}</td><td class="number">{{ note.amount }}</td></tr>
{% endfor %}</tbody></table>{% endif %}
{% if payments.size > 0 %}<h2>Payments</h2>
<table><thead><tr><th>Date</th><th>Provider</th><th>Reference</th><th>State</th><th class="number">Amount</th></tr></thead><tbody>
{% for payment in payments %}<tr><td class="short">{{ payment.date }}</td><td>{{ payment.provider }}</td><td>{{ payment.reference }}</td><td>{{ payment.state }}</td><td class="number">{{ payment.amount }}</td></tr>
{% endfor %}</tbody></table>{% endif %}
</main>
<footer>{% for note in notes %}{{ note }} {% endfor %}</footer>
</body>
</html>
`;

const liquid = new Liquid({ outputEscape: "escape", strictVariables: true, strictFilters: true, cache: false });
const page = liquid.parse(PAGE);

export async function renderInvoiceHtml(invoice: InvoiceJson): Promise<string> {
  const html: unknown = await liquid.render(page, printInvoice(invoice));
  return String(html);
}
