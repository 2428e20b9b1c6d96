import { expect, test } from "bun:test";

import { answersTo } from "../src/words/also";

test("a command is found by its name, and by other words for it in both languages", () => {
  expect(answersTo("en", "session-fork", "Continue in a copy", "copy")).toBe(true);
  expect(answersTo("en", "session-fork", "Continue in a copy", "fork")).toBe(true);
  expect(answersTo("ru", "settings-models", "Модели", "подкл")).toBe(true);
  expect(answersTo("ru", "session-fork", "Продолжить в копии", "fork")).toBe(true);
  expect(answersTo("en", "inbox", "Inbox", "ork")).toBe(false);
  expect(answersTo("en", "session-export-jsonl", "Export, JSON", "fork")).toBe(false);
});
