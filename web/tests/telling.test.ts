import { expect, test } from "bun:test";

import type { Question } from "../src/journal/model";
import { failureText } from "../src/words/problems";
import { tellingIn } from "../src/words/telling";

const english = tellingIn("en");
const russian = tellingIn("ru");

function asked(name: string, given: Record<string, unknown>, more: Partial<Question> = {}): Question {
  return { id: "q", kind: "approval", text: `Let ${name} run?`, effect: "the server's sentence", call: { id: "c", name, arguments: given }, ...more };
}

test("an effect is the server's sentence in English and worded by its call in Russian", () => {
  const question = asked("write_file", { path: "note.md", content: "first try\n" });
  expect(english.question(question)).toBe("the server's sentence");
  expect(russian.question(question)).toBe("Запишет note.md: 1\u00a0строка, 10\u00a0байт");
});

test("a call is told as what it does, and a plugin's as the plugin says it", () => {
  expect(english.question(asked("execute_command", { command: "rm -rf build" }, { effect: "run: rm -rf build" }))).toBe("Runs: rm -rf build");
  expect(english.question(asked("write_file", { path: "a.md", content: "x" }, { effect: "write a.md, 1 line, 1 byte" }))).toBe("Writes a.md, 1 line, 1 byte");
  expect(russian.question(asked("delete_path", { path: "build" }))).toBe("Удалит build");
  expect(english.question(asked("weather", {}, { effect: "run: x" }))).toBe("run: x");
  expect(russian.effect("delete_path", { path: "build" }, "")).toBe("удалить build");
});

test("every sign of an effect is seen, whoever chose it", () => {
  expect(russian.question(asked("execute_command", { command: "ls\u202e\n\u0000x\u00a0y" }))).toBe("Выполнит: ls⟨U+202E⟩ ⏎ ␀x⟨U+00A0⟩y");
  expect(russian.question(asked("execute_command", { command: "make", network: true, folders: ["/srv"] }))).toBe("Выполнит с\u00a0сетью и\u00a0с\u00a0записью в /srv: make");
});

test("a plugin's tool, and arguments that do not fit, keep the server's sentence", () => {
  expect(russian.question(asked("weather", { city: "Riga" }))).toBe("the server's sentence");
  expect(russian.question(asked("write_file", { path: 3 }))).toBe("the server's sentence");
});

test("reasons are worded by their codes, all of them or none", () => {
  const reason = "It changes files. This is usually refused: 3 of the last 10 times.";
  const because = [{ code: "writes" as const }, { code: "usually_refused" as const, values: { refused: 3, times: 10 } }];
  expect(russian.reason({ reason, because })).toBe("Меняет файлы. Такое вы обычно отклоняете: 3\u00a0раза из последних 10.");
  expect(english.reason({ reason, because })).toBe(reason);
  expect(russian.reason({ reason })).toBe(reason);
  expect(russian.reason({ reason, because: [{ code: "of a newer server" as never }] })).toBe(reason);
});

test("what destroys is said so, whatever the server's sentence says", () => {
  const told = { reason: "It runs a command.", because: [{ code: "destroys" as const }] };
  expect(english.reason(told)).toBe("It takes away what you may want to keep.");
  expect(russian.reason(told)).toBe("Удаляет или затирает то, что может вам пригодиться.");
});

test("a limit asks in the person's language", () => {
  const because = [{ code: "limit" as const, values: { used: 40, limit: 40, further: 80 } }];
  const question: Question = { id: "q", kind: "budget", text: "Limit of 40 steps reached. Go on to 80?", limit: "steps", because };
  expect(russian.question(question)).toBe("Предел исчерпан: 40\u00a0шагов. Продолжить до 80\u00a0шагов?");
  expect(english.question(question)).toBe(question.text);
});

test("a failure is said by its code, with the server's words where they name a place", () => {
  expect(failureText("ru", "FILE_MISSING", "There is no file a.txt.")).toBe("Такого файла или папки нет.");
  expect(failureText("ru", "CONFIG_INVALID", "artelier.toml:41: max_tokens")).toEndWith("сохраните. artelier.toml:41: max_tokens");
  expect(failureText("ru", "PLUGIN_OF_OURS", "It broke.")).toBe("It broke.");
  expect(failureText("en", "FILE_MISSING", "There is no file a.txt.")).toBe("There is no file a.txt.");
});

test("a server that cannot be reached is said in both languages", () => {
  expect(failureText("ru", "UNREACHABLE", "Failed to fetch")).toStartWith("Сервер недоступен");
  expect(failureText("en", "UNREACHABLE", "Failed to fetch")).toStartWith("The server cannot be reached");
});

test("a copy of a built-in agent has its own description", () => {
  const agent = { name: "ask", description: "Ours." };
  expect(russian.agent({ ...agent, origin: "built_in" })).toStartWith("Отвечает");
  expect(russian.agent({ ...agent, origin: "file" })).toBe("Ours.");
});

test("an edit that is shown beside is one sentence; alone, or with signs that show nothing, it is quoted", () => {
  const preview = "--- a/src/export.py\n+++ b/src/export.py\n@@ -1,3 +1,3 @@\n def total():\n-    one\n-    two\n+    three\n";
  const given = { path: "src/export.py", old_text: "    one\n    two\n", new_text: "\tthree\n" };
  expect(english.question(asked("edit_file", given, { preview }))).toBe("Changes src/export.py: 1 line added, 2 lines removed.");
  expect(russian.question(asked("edit_file", given, { preview }))).toBe("Изменит src/export.py: добавит 1\u00a0строку и\u00a0уберёт 2\u00a0строки.");
  expect(english.question(asked("edit_file", given))).toBe("the server's sentence");
  expect(english.question(asked("edit_file", { ...given, new_text: "three\u202e" }, { preview }))).toBe("the server's sentence");
  expect(english.question(asked("edit_file", given, { preview: `${preview}\n[the rest of the change is not shown]\n` }))).toBe("Changes src/export.py.");
});
