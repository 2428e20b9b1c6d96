import { useState, type ReactNode } from "react";

import { useSpeech } from "../words";

interface Line {
  kind: "a" | "d" | "h" | "";
  number: number;
  text: string;
}

const FOLD = 80;
const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@ ?(.*)$/;

/** Return the lines of a unified diff with the number each has in its own file. */
export function linesOf(diff: string): Line[] {
  const lines: Line[] = [];
  let old = 0;
  let now = 0;
  for (const line of diff.split("\n")) {
    const hunk = HUNK.exec(line);
    if (hunk !== null) {
      old = Number(hunk[1]);
      now = Number(hunk[2]);
      if (lines.length > 0 || hunk[3] !== "") lines.push({ kind: "h", number: 0, text: hunk[3] || "…" });
    } else if (old === 0 && now === 0) {
      if (/^\+\+\+ /.test(line) && lines.length > 0) lines.push({ kind: "h", number: 0, text: line.slice(4) });
    } else if (line.startsWith("+")) {
      lines.push({ kind: "a", number: now++, text: line.slice(1) });
    } else if (line.startsWith("-")) {
      lines.push({ kind: "d", number: old++, text: line.slice(1) });
    } else if (line.startsWith(" ")) {
      lines.push({ kind: "", number: now++, text: line.slice(1) });
      old += 1;
    } else if (line.startsWith("--- ") || line === "") {
      continue;
    } else if (!line.startsWith("\\")) {
      old = now = 0;
    }
  }
  return lines;
}

/** A unified diff; long ones are folded. */
export function Diff({ diff, label }: { diff: string; label: string }): ReactNode {
  const { words, formats } = useSpeech();
  const [whole, setWhole] = useState(false);
  const lines = linesOf(diff);
  const shown = whole ? lines : lines.slice(0, FOLD);
  const signs = { a: "+", d: "−", h: "", "": "" };
  const said = { a: words.thread.added, d: words.thread.removed, h: "", "": "" };
  return (
    <div className="diff" role="group" aria-label={label} tabIndex={0}>
      {shown.map((line, place) => (
        <div key={place} className={line.kind}>
          <span>{line.number || ""}</span>
          <span>
            <span aria-hidden="true">{signs[line.kind]}</span>
            {said[line.kind] && <span className="sr">{said[line.kind]} </span>}
          </span>
          <span>{line.text}</span>
        </div>
      ))}
      {lines.length > FOLD && !whole && (
        <button type="button" className="linkish fold" onClick={() => setWhole(true)}>
          {words.thread.all} · {formats.number(lines.length)}
        </button>
      )}
    </div>
  );
}
