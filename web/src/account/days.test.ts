import { expect, it } from "vitest";
import { ceilingOf, daysBetween, plusDays } from "@/account/days";

it("counts days over months and summer time", () => {
  expect(plusDays("2026-02-28", 1)).toBe("2026-03-01");
  expect(daysBetween("2026-03-28", "2026-03-30")).toEqual([
    "2026-03-28",
    "2026-03-29",
    "2026-03-30",
  ]);
  expect(daysBetween("2026-03-30", "2026-03-28")).toEqual([]);
});

it.each([
  [0, 1],
  [0.03, 0.05],
  [1, 1],
  [1.2, 2],
  [22, 25],
  [999, 1000],
])("closes a chart of %d at %d", (highest, ceiling) => {
  expect(ceilingOf(highest)).toBeCloseTo(ceiling);
});
