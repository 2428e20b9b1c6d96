import { expect, test } from "bun:test";

import { formatsOf } from "../src/words/formats";
import { linesOf } from "../src/words/showing";

const english = formatsOf("en");
const russian = formatsOf("ru");

test("money is written as each language writes it", () => {
  expect([0, 0.08, 0.012, 0.0034, 2, 1234.5].map(english.money)).toEqual(["$0.00", "$0.08", "$0.012", "$0.0034", "$2.00", "$1,234.50"]);
  expect([0.08, 2, 1234.5].map(russian.money)).toEqual(["0,08\u00a0$", "2,00\u00a0$", "1\u00a0234,50\u00a0$"]);
  expect(russian.money(-0.08)).toBe("−0,08\u00a0$");
});

test("numbers and shares keep together in Russian", () => {
  expect(russian.number(12345)).toBe("12\u00a0345");
  expect(russian.number(1234)).toBe("1\u00a0234");
  expect(russian.percent(0.94)).toBe("94\u00a0%");
});

test("lines are counted as an editor counts them", () => {
  expect(["", "a", "a\n", "a\nb", "a\n\n"].map(linesOf)).toEqual([0, 1, 1, 2, 2]);
});
