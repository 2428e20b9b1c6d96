import { expect, test } from "bun:test";

import { isWarned, partText } from "../src/words/health";

const sandbox = (codes: string, warnings: string) => ({ state: "ok", detail: "", code: "sandbox", values: { level: "bubblewrap", detail: "bubblewrap", codes, warnings } }) as const;

test("what weakens the sandbox is said in Russian and marked", () => {
  const warned = sandbox("root", "Artelier runs as root");
  expect(partText("ru", warned)).toContain("Artelier работает от root");
  expect(isWarned(warned)).toBe(true);
  expect(isWarned(sandbox("", ""))).toBe(false);
});

test("a warning of a newer server is said as the server says it", () => {
  expect(partText("ru", sandbox("root other", "Both."))).toEndWith("Both.");
});
