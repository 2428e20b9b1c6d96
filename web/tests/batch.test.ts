import { expect, test } from "bun:test";

import { joins, targetOf } from "../src/pages/batch";
import type { Schemas } from "../src/server";

const asked = (over: Partial<Schemas["ApprovalView"]>): Schemas["ApprovalView"] => ({ kind: "approval", tool: "web_fetch", labels: [], writes: [], commands: [], address: "", ...over }) as Schemas["ApprovalView"];

test("questions of one tool and one host are answered together", () => {
  const [health, metrics, other] = ["https://a.example/health", "https://a.example/metrics", "https://b.example/"].map((address) => asked({ address }));
  expect(targetOf(health!)).toBe("web_fetch · a.example");
  expect(joins(metrics!, [health!])).toBe(true);
  expect(joins(other!, [health!])).toBe(false);
});

test("files of one folder are one target, those of another are not", () => {
  const [one, two, three] = ["src/a.py", "src/b.py", "a.py"].map((path) => asked({ tool: "write_file", writes: [path] }));
  expect(joins(two!, [one!])).toBe(true);
  expect(joins(three!, [one!])).toBe(false);
});

test("what has a label or asks for words is answered alone", () => {
  expect(targetOf(asked({ labels: ["destructive"] }))).toBe("");
  expect(joins(asked({ kind: "words" }), [])).toBe(false);
});
