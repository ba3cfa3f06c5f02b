import { describe, expect, it } from "vitest";
import type { Budget } from "@/api/client";
import { leftText, priceReason, priceText } from "@/generate/price";
import { costOf } from "@/testing";

describe("what is left of a budget", () => {
  const budget = { amount: "5", left: "0.25", period: "day" } as Budget;

  it.each([
    [{}, "$0.25 of $5.00 left today"],
    [{ period: "month" }, "$0.25 of $5.00 left this month"],
    [{ period: "total", left: "5" }, "$5.00 of $5.00 left"],
    [{ left: "-0.4" }, "nothing of $5.00 left today"],
  ])("says %o as %s", (part, text) => {
    expect(leftText({ ...budget, ...part } as Budget)).toBe(text);
  });
});

describe("the price on a button", () => {
  it.each([
    ["0", "free"],
    ["0.00", "free"],
    ["0.039", "$0.039"],
    ["0.5", "$0.50"],
    ["12", "$12.00"],
    ["0.0004", "$0.0004"],
    ["1234.5", "$1234.50"],
  ])("writes %s as %s", (amount, text) => {
    expect(priceText(costOf(amount))).toBe(text);
  });

  it("says unpriced, and never free, where nobody knows", () => {
    expect(priceText(costOf(null))).toBe("unpriced");
  });

  it("marks an estimate", () => {
    expect(priceText(costOf("0.04", { confidence: "estimated" }))).toBe("~$0.04");
  });

  it("rounds up, so that nothing costs more than it says", () => {
    expect(priceText(costOf("0.00001"))).toBe("~$0.0001");
    expect(priceText(costOf("0.99999"))).toBe("~$1.00");
  });

  it("keeps every cent of an amount that no float could hold", () => {
    expect(priceText(costOf("90071992547409.93"))).toBe("$90071992547409.93");
  });

  it("names a currency that is not the dollar", () => {
    expect(priceText(costOf("0.2", { currency: "EUR" }))).toBe("0.20 EUR");
  });
});

describe("how a price comes about", () => {
  const basis = { provider: "fal", model: "flux", unit: "image", units: "4", unit_price: "0.039" };

  it("counts units at their price and says whose price it is", () => {
    expect(priceReason(costOf("0.156", { basis }))).toBe(
      "4 × $0.039 per image, as listed by the provider (fal).",
    );
  });

  it("says nothing about what is free", () => {
    expect(priceReason(costOf("0", { basis: { ...basis, unit_price: "0" } }))).toBe("");
  });

  it("owns up to not knowing", () => {
    expect(priceReason(costOf(null))).toBe("Nobody knows the price beforehand.");
  });

  it("tells what was there already", () => {
    expect(priceReason(costOf("0", { cached_units: 4 }))).toBe("4 there already, at no cost.");
  });
});
