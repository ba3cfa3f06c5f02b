import type { Budget, Cost } from "@/api/client";
import { sentence } from "@/api/problem";

const DIGITS = 4;

/** A price in a few characters: `free`, `$0.039`, `~$0.04` where it is estimated, `unpriced`. */
export function priceText({ amount, currency, known, confidence }: Cost): string {
  if (!known || amount === null) return "unpriced";
  if (/^0*(\.0*)?$/.test(amount)) return "free";
  const { text, isRounded } = money(amount);
  const about = confidence === "estimated" || isRounded ? "~" : "";
  return about + (currency === "USD" ? `$${text}` : `${text} ${currency}`);
}

/** How a price comes about, for those who want to know: `4 × $0.039 per image, as listed by the provider (fal).`. */
export function priceReason({ amount, basis, confidence, cached_units }: Cost): string {
  const parts: string[] = [];
  if (basis?.unit_price && Number(basis.unit_price) > 0) {
    parts.push(`${basis.units} × $${money(basis.unit_price).text} per ${basis.unit}`);
  }
  if (amount === null) parts.push("nobody knows the price beforehand");
  else if (Number(amount) > 0) {
    const by = basis ? ` (${basis.provider})` : "";
    if (confidence === "listed") parts.push(`as listed by the provider${by}`);
    if (confidence === "estimated") parts.push(`an estimate${by}`);
  }
  if (cached_units > 0) parts.push(`${cached_units} there already, at no cost`);
  return parts.length ? sentence(parts.join(", ")) : "";
}

const WHEN = { day: " today", month: " this month", total: "" } as const;

/** What is left of a budget: `$0.25 of $5.00 left today`. Below zero nothing is. */
export function leftText({ left, amount, period }: Budget): string {
  const rest = left.startsWith("-") ? "nothing" : `$${money(left).text}`;
  return `${rest} of $${money(amount).text} left${WHEN[period]}`;
}

/** An amount in dollars, for tables and charts. */
export function dollars(amount: string): string {
  const isNegative = amount.startsWith("-");
  return `${isNegative ? "−" : ""}$${money(isNegative ? amount.slice(1) : amount).text}`;
}

/** Between two and four decimals, rounded up in text: no price passes through a float. */
function money(amount: string): { text: string; isRounded: boolean } {
  const [whole = "0", fraction = ""] = amount.split(".");
  const rest = fraction.slice(DIGITS);
  const isRounded = /[1-9]/.test(rest);
  let units = BigInt(whole + fraction.slice(0, DIGITS).padEnd(DIGITS, "0"));
  if (isRounded) units += 1n;
  const digits = units.toString().padStart(DIGITS + 1, "0");
  const shown = digits.slice(-DIGITS).replace(/0{1,2}$/, "");
  return { text: `${digits.slice(0, -DIGITS)}.${shown}`, isRounded };
}
