import { memo, type ReactNode } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";

const PLUGINS = [remarkGfm];
const COMPONENTS: Components = {
  a: ({ children, href }) => (
    <a href={href} rel="noreferrer noopener" target="_blank">
      {children}
    </a>
  ),
  img: ({ alt, src }) => (
    <a href={typeof src === "string" ? src : undefined} rel="noreferrer noopener" target="_blank">
      {alt || String(src)}
    </a>
  ),
  table: ({ children }) => (
    <div className="tscroll">
      <table>{children}</table>
    </div>
  ),
  pre: ({ children }) => (
    <pre className="code" tabIndex={0}>
      {children}
    </pre>
  ),
};

const Block = memo(function Block({ text }: { text: string }): ReactNode {
  return (
    <ReactMarkdown remarkPlugins={PLUGINS} components={COMPONENTS}>
      {text}
    </ReactMarkdown>
  );
});

/** Return a text cut into blocks that are whole by themselves: while it grows only the last one changes. */
export function blocksOf(text: string): string[] {
  const blocks: string[] = [];
  let lines: string[] = [];
  let fence = "";
  for (const line of text.split("\n")) {
    const mark = /^\s{0,3}(`{3,}|~{3,})/.exec(line)?.[1] ?? "";
    if (fence === "" && mark !== "") fence = mark;
    else if (fence !== "" && mark.startsWith(fence) && line.trim() === mark) fence = "";
    const isBreak = line.trim() === "" && fence === "" && !/^(\s|[-*+] |\d+[.)] )/.test(lines[0] ?? "");
    if (isBreak) {
      if (lines.length > 0) blocks.push(lines.join("\n"));
      lines = [];
    } else {
      lines.push(line);
    }
  }
  if (lines.some((line) => line.trim() !== "")) blocks.push(lines.join("\n"));
  return blocks;
}

/** An agent's words. Pictures become links: showing one would tell a stranger's server that it was read. */
export function Markdown({ text }: { text: string }): ReactNode {
  return blocksOf(text).map((block, place) => <Block key={place} text={block} />);
}
