import { expect, test } from "bun:test";

import { draftOf, durationText, pruned, valueOf } from "../src/pages/drafts";
import type { Schemas } from "../src/server";

const setting = (over: Partial<Schemas["SettingView"]>): Schemas["SettingView"] => ({ name: "x", kind: "text", value: null, default: null, choices: [], optional: false, origin: "default", at_start: false, changeable: true, ...over });

test("durations are written as people write them", () => {
  expect([86_400, 900, 90, 3600, 0].map(durationText)).toEqual(["1d", "15m", "90s", "1h", "0s"]);
});

test("a field says its value back, or none where it does not fit", () => {
  expect(valueOf(setting({ kind: "integer" }), "40")).toBe(40);
  expect(valueOf(setting({ kind: "integer" }), "2k")).toBeUndefined();
  expect(valueOf(setting({ kind: "number" }), "2,5")).toBe(2.5);
  expect(valueOf(setting({ kind: "number", optional: true }), "")).toBeNull();
  expect(valueOf(setting({ kind: "duration" }), "24h")).toBe("24h");
  expect(valueOf(setting({ kind: "list" }), " a \n\nb")).toEqual(["a", "b"]);
  expect(valueOf(setting({ kind: "table" }), "{")).toBeUndefined();
});

test("what stands in a field means what was set", () => {
  for (const each of [setting({ kind: "integer", value: 7 }), setting({ kind: "list", value: ["a"] }), setting({ kind: "table", value: { shell: 4 } }), setting({ kind: "boolean", value: false })]) expect(valueOf(each, draftOf(each))).toEqual(each.value);
});

test("rows say no more than they have to", () => {
  expect(pruned({ decision: "ask", tool: "git_push", agent: "*", path: "", timeout: null })).toEqual({ decision: "ask", tool: "git_push" });
});
