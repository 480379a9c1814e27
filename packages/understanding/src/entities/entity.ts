interface Found {
  /** As the customer wrote it: `input.slice(start, end)`. */
  text: string;
  start: number;
  end: number;
}

export type Marketplace = "amazon" | "cdiscount" | "fnac" | "manomano" | "rakuten" | "vinted" | "backmarket" | "mirakl";

export type Carrier =
  | "colissimo"
  | "chronopost"
  | "la_poste"
  | "ups"
  | "dhl"
  | "dpd"
  | "mondial_relay"
  | "gls"
  | "fedex";

export interface OrderNumber extends Found {
  type: "order_number";
  /** In capitals. */
  value: string;
  /** Whose number it is, when its shape or the channel says so. */
  marketplace?: Marketplace;
}

export interface TrackingNumber extends Found {
  type: "tracking_number";
  /** In capitals. */
  value: string;
  carrier?: Carrier;
}

export interface EmailAddress extends Found {
  type: "email";
  /** In lower case. */
  value: string;
}

export interface Phone extends Found {
  type: "phone";
  /** E.164: `+33612345678`. */
  value: string;
}

export interface Amount extends Found {
  type: "amount";
  /** `1200.00 EUR`. */
  value: string;
  minorUnits: number;
  currency: Currency;
}

export type Currency = "EUR" | "USD" | "GBP" | "CHF";

export type Entity = OrderNumber | TrackingNumber | EmailAddress | Phone | Amount;

/** How sure a finding is, when two claim the same characters: `certain` by its shape, `cued` by the word before it. */
export type Certainty = "certain" | "cued";
