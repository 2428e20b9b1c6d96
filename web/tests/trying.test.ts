import { expect, test } from "bun:test";

import { objectIn, shapeOf } from "../src/pages/TryCall";

test("what a tool needs is there to be filled in", () => {
  expect(JSON.parse(shapeOf({ parameters: { required: ["path", "content"] } }))).toEqual({ path: "", content: "" });
  expect(shapeOf({ parameters: {} })).toBe("{}");
  expect(shapeOf(undefined)).toBe("{}");
});

test("only an object counts as arguments", () => {
  expect(objectIn('{"path": "a"}')).toEqual({ path: "a" });
  for (const text of ["", "null", "[]", "3", "{path: 1}", '"a"']) expect(objectIn(text)).toBeNull();
});
