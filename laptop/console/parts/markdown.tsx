import "./markdown.css";
import { Marked } from "marked";

interface MarkdownProps {
  readonly text: string;
  /** Returns the address of a link or of a code span; undefined to leave it without a link. */
  readonly linkOf?: (target: string, kind: "link" | "code") => string | undefined;
}

/** Blocks of Markdown from the project itself. Raw HTML in it is shown as text. */
export function Markdown({ text, linkOf = keep }: MarkdownProps) {
  return <div class="markdown" dangerouslySetInnerHTML={{ __html: renderer(linkOf).parse(text, { async: false }) }} />;
}

/** Markdown within a line. */
export function InlineMarkdown({ text }: { readonly text: string }) {
  const html = renderer(keep).parseInline(text, { async: false });
  return <span dangerouslySetInnerHTML={{ __html: html }} />;
}

function keep(target: string, kind: "link" | "code"): string | undefined {
  return kind === "link" ? target : undefined;
}

function renderer(linkOf: NonNullable<MarkdownProps["linkOf"]>): Marked {
  const linked = (content: string, address: string | undefined) =>
    address === undefined ? content : `<a href="${escapeHtml(address)}"${external(address)}>${content}</a>`;
  return new Marked({
    renderer: {
      html: ({ text }) => escapeHtml(text),
      link({ href, tokens }) {
        return linked(this.parser.parseInline(tokens), linkOf(href, "link"));
      },
      codespan: ({ text }) => linked(`<code>${escapeHtml(text)}</code>`, linkOf(text, "code")),
    },
  });
}

function external(address: string): string {
  return address.startsWith("http") ? ' target="_blank" rel="noreferrer"' : "";
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
