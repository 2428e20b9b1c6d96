import { describe, expect, test } from "bun:test";

import { csvOf, daysUntil, scaleOf } from "../src/pages/scale";

describe("an axis", () => {
  test("has round values that span the data", () => {
    expect(scaleOf(0, 17)).toEqual({ low: 0, high: 20, ticks: [0, 10, 20] });
    expect(scaleOf(0, 0.012).ticks.map((tick) => tick.toFixed(3))).toEqual(["0.000", "0.005", "0.010", "0.015"]);
  });

  test("goes below zero where something cost more than it saved", () => {
    const scale = scaleOf(-2, 4);
    expect(scale.low).toBeLessThanOrEqual(-2);
    expect(scale.ticks).toContain(0);
  });

  test("stands where there is nothing", () => {
    expect(scaleOf(0, 0).ticks.length).toBeGreaterThan(0);
  });
});

test("days go up to today, in UTC", () => {
  expect(daysUntil(Date.parse("2026-03-01T00:30:00Z"), 3)).toEqual(["2026-02-27", "2026-02-28", "2026-03-01"]);
});

test("comma-separated values are quoted, and no cell is a formula", () => {
  expect(csvOf([["a", 'say "x", y'], [1.5, "=cmd()"], [-2, null]])).toBe("a,\"say \"\"x\"\", y\"\r\n1.5,'=cmd()\r\n-2,\r\n");
});
