import { expect, test } from "bun:test";

import { busy } from "../src/conversation/Batch";
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

test("how long calls were at work leaves out what a person thought in between", () => {
  expect(busy([{ from: 0, to: 100 }, { from: 50, to: 120 }, { from: 5000, to: 5040 }])).toBe(160);
  expect(busy([])).toBe(0);
});
