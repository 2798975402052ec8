import type { ComponentChild } from "preact";

// The little Markdown that widgets and labs are written in: headings, lists, `code`, **strong** and [links](/to).

/** A text of several lines. A heading of `##` is the heading of a part of the page, and what is deeper stands below that. */
export function Words({ markdown }: { readonly markdown: string }) {
  return <div class="words">{blocksOf(markdown)}</div>;
}

function blocksOf(markdown: string): readonly ComponentChild[] {
  const blocks: ComponentChild[] = [];
  let items: ComponentChild[] = [];
  const endList = () => {
    if (items.length > 0) {
      blocks.push(<ul>{items}</ul>);
      items = [];
    }
  };
  for (const line of markdown.split("\n")) {
    const [, sign, text = ""] = /^(#{2,3}|\*) (.*)$/.exec(line) ?? [];
    if (sign === "*") {
      items.push(<li>{inline(text)}</li>);
      continue;
    }
    endList();
    if (sign === "##") {
      blocks.push(<h2>{inline(text)}</h2>);
    } else if (sign === "###") {
      blocks.push(<h3>{inline(text)}</h3>);
    } else if (line !== "") {
      blocks.push(<p>{inline(line)}</p>);
    }
  }
  endList();
  return blocks;
}

const PARTS = /`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]]+)\]\(([^)\s]+)\)/g;

/** A text within a line. */
export function inline(text: string): readonly ComponentChild[] {
  const parts: ComponentChild[] = [];
  let end = 0;
  for (const match of text.matchAll(PARTS)) {
    const [whole, code, strong, label, to] = match;
    parts.push(text.slice(end, match.index));
    parts.push(code ? <code>{code}</code> : strong ? <strong>{strong}</strong> : <a href={to}>{label}</a>);
    end = match.index + whole.length;
  }
  return [...parts, text.slice(end)];
}
