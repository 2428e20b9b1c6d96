import { expect, test } from "bun:test";
import { Glob } from "bun";

import { ConnectionState, PATIENCE } from "../src/shell/connection";
import { groupOf } from "../src/shell/groups";
import { partText, standingOf } from "../src/words/health";
import { keysWords } from "../src/words/keys";

const EVENING = new Date(2026, 10, 20, 23, 50).getTime();
const at = (moment: number): { status: string; updated_at: string } => ({ status: "idle", updated_at: new Date(moment).toISOString() });

test("today is the day of the calendar, not the last hours", () => {
  expect(groupOf(at(EVENING), EVENING + 5 * 60_000)).toBe("today");
  expect(groupOf(at(EVENING), EVENING + 20 * 60_000)).toBe("earlier");
  expect(groupOf({ ...at(EVENING), status: "waiting" }, EVENING)).toBe("waiting");
});

test("a house that lacks nothing but a model is not ill", () => {
  const rehearsal = { state: "degraded" as const, code: "rehearsal" as const, detail: "No model is configured." };
  const fine = { state: "ok" as const, code: "" as const, detail: "" };
  expect(standingOf({ status: "degraded", parts: { models: rehearsal, database: fine } })).toBe("no_model");
  expect(standingOf({ status: "degraded", parts: { models: rehearsal, sandbox: { ...fine, state: "degraded" } } })).toBe("degraded");
  expect(standingOf({ status: "ok", parts: { database: fine } })).toBe("ok");
  expect(partText("ru", rehearsal)).toStartWith("Модель не подключена");
  expect(partText("en", rehearsal)).toBe(rehearsal.detail);
});

test("a server is lost while any stream is, and only after a while", async () => {
  const state = new ConnectionState();
  state.set("lists", true);
  expect(state.isTold()).toBe(false);
  state.set("session", true);
  await new Promise<void>((resolve) => state.subscribe(resolve));
  expect(state.isTold()).toBe(true);
  state.set("lists", false);
  expect(state.isTold()).toBe(true);
  state.set("session", false);
  expect(state.isTold()).toBe(false);
  expect(PATIENCE).toBeGreaterThan(0);
});

test("a loss that lasts is said so, and its end for a moment, with what was caught up", async () => {
  const state = new ConnectionState({ patience: 1, lasts: 1, stays: 1 });
  const told: string[] = [];
  const next = (phase: string): Promise<void> =>
    new Promise((resolve) => {
      const leave = state.subscribe(() => {
        told.push(`${state.told().phase} ${state.told().caught}`);
        if (state.told().phase !== phase) return;
        leave();
        resolve();
      });
    });
  state.set("session", true);
  await next("lasting");
  const gone = next("");
  state.catchUp(7);
  state.set("session", false);
  state.catchUp(12);
  await gone;
  expect(told).toEqual(["again 0", "lasting 0", "lasting 7", "back 7", "back 12", " 0"]);
  state.catchUp(13);
  expect(state.told()).toEqual({ phase: "", caught: 0 });
});

test("a loss that heals within a moment is never said", () => {
  const state = new ConnectionState();
  state.set("session", true);
  state.set("session", false);
  expect(state.told().phase).toBe("");
});

const SIGNS: Record<string, string> = { "Shift+Slash": "?", "Shift+KeyU": "⇧U", BracketLeft: "[", BracketRight: "]", End: "End" };

test("the dialog of keys lists every key that is listened to, in both languages", async () => {
  const found = new Set<string>();
  for await (const file of new Glob("**/*.{ts,tsx}").scan(`${import.meta.dir}/../src`)) {
    const text = await Bun.file(`${import.meta.dir}/../src/${file}`).text();
    for (const map of text.matchAll(/use(?:Keys|GoTo)\(\s*\{.*?\}(?:,|\))/gs)) {
      for (const [code] of map[0].matchAll(/(?:Mod\+|Shift\+)?(?:Key[A-Z]\b|Slash|Comma|Period|Bracket(?:Left|Right)|\bEnd\b(?=:))/g)) found.add(code);
    }
  }
  expect(found.size).toBeGreaterThan(15);
  for (const places of [keysWords.en, keysWords.ru]) {
    const listed = new Set(places.flatMap(([, keys]) => keys.flatMap(([key]) => key.split(" "))));
    for (const code of found) {
      const letter = SIGNS[code] ?? code.replace(/^Mod\+/, "").replace("Key", "");
      const isThere = code.startsWith("Mod+") ? [...listed].some((key) => key.endsWith(letter)) : listed.has(letter);
      expect(`${code}: ${isThere}`).toBe(`${code}: true`);
    }
  }
});
