import { expect, test } from "bun:test";

import { brokenUp, fieldText, meaningOf, NOTHING, patchOf, sizeOf, switchedTo, toolsOf, written, wrongOf } from "../src/pages/agent_fields";

const fields = { model: null, max_tokens: 2048, writes: ["docs/**"], limits: { steps: 9, money: null, wall_seconds: 1800 }, tools: ["read_file", "git_log", "git_show"], patterns: { "git_*": ["git_log", "git_show"] } };

test("a text means a value, nothing, or is wrong", () => {
  expect(meaningOf("max_tokens", " 32 768 ")).toEqual({ value: 32_768 });
  expect(meaningOf("max_tokens", "2k").wrong?.reason).toBe("notNumber");
  expect(meaningOf("max_tokens", "100").wrong?.reason).toBe("outside");
  expect(meaningOf("max_tokens", "")).toEqual({ value: null });
  expect(meaningOf("model", "gpt").wrong?.reason).toBe("notModel");
  expect(meaningOf("model", "openrouter/openai/gpt-5-mini")).toEqual({ value: "openrouter/openai/gpt-5-mini" });
  expect(meaningOf("writes", 'src/** "my docs/*.md"')).toEqual({ value: ["src/**", "my docs/*.md"] });
  expect(meaningOf("writes", "src/** ../x").wrong).toEqual({ reason: "notPattern", text: "../x" });
  expect(meaningOf("money", "2,5")).toEqual({ value: 2.5 });
  expect(meaningOf("steps", "2.5").wrong?.reason).toBe("notNumber");
});

test("times are read in both languages, and never without a unit", () => {
  expect(["30 min", "30 мин", "30m", "2 ч", "1.5 h", "90с", "1 d", "0"].map((text) => meaningOf("wall_seconds", text).value)).toEqual([1800, 1800, 1800, 7200, 5400, 90, 86_400, 0]);
  expect(meaningOf("wall_seconds", "30").wrong?.reason).toBe("notTime");
  for (const language of ["en", "ru"] as const) for (const seconds of [0, 1, 90, 1800, 7200, 172_800]) expect(meaningOf("wall_seconds", fieldText("wall_seconds", seconds, language)).value).toBe(seconds);
});

test("what says the same as the file is no change", () => {
  const draft = written(NOTHING, fields, "max_tokens", "4096");
  expect(sizeOf(draft)).toBe(1);
  expect(sizeOf(written(draft, fields, "max_tokens", "2048"))).toBe(0);
  expect(sizeOf(written(NOTHING, fields, "writes", " docs/**"))).toBe(0);
  expect([...wrongOf(written(draft, fields, "steps", "x")).keys()]).toEqual(["steps"]);
});

test("switches become the tools that the agent shall have", () => {
  const draft = switchedTo(switchedTo(NOTHING, fields, ["git_show", "git_log"], false), fields, ["git_log", "finish"], true);
  expect(toolsOf(fields, draft)).toEqual(["read_file", "git_log", "finish"]);
  expect(brokenUp(fields, draft)).toEqual(["git_*"]);
  expect(brokenUp(fields, switchedTo(NOTHING, fields, ["finish"], true))).toEqual([]);
});

test("only what is changed is sent", () => {
  expect(patchOf(fields, NOTHING)).toEqual({});
  const draft = written(written(NOTHING, fields, "steps", ""), fields, "money", "2");
  expect(patchOf(fields, draft)).toEqual({ limits: { steps: null, money: 2 } });
});
