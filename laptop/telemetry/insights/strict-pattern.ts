// AWS's regular expressions allow notations that JavaScript forbids with the flag u: needless backslashes, and literal
// brackets, braces, and hyphens.

/** An escape, a class, a quantifier, or a literal bracket or brace. */
const PART =
  /\\(?:[pPu]\{[^}]*\}|(?<escaped>.))|\[(?<not>\^?)(?<bracket>\]?)(?<members>(?:\\.|[^\]\\])*)\]|\{\d+(?:,\d*)?\}|[{}\]]/gsu;

/** Characters that keep their backslash: letters and digits, which have a meaning with it, and syntax. */
const KEEPS_BACKSLASH = /[A-Za-z0-9^$\\.*+?()[\]{}|/]/;

/** Rewrites a regular expression for the flag u, with the same meaning. */
export function strictPattern(source: string): string {
  return source.replaceAll(PART, (whole, ...rest) => {
    const { escaped, not, bracket, members } = rest.at(-1) as Readonly<Record<string, string | undefined>>;
    if (members !== undefined) {
      // A closing bracket at the start of a class is literal.
      return `[${not}${bracket && "\\]"}${strictMembers(members)}]`;
    }
    if (escaped !== undefined) {
      return strictEscape(whole, escaped);
    }
    return whole.length === 1 ? `\\${whole}` : whole;
  });
}

function strictEscape(whole: string, character: string): string {
  return KEEPS_BACKSLASH.test(character) ? whole : character === "-" ? "\\x2d" : character;
}

/** Members of a class. A hyphen next to a class such as `\w` is literal. */
function strictMembers(members: string): string {
  return members
    .replaceAll(/\\(.)/gsu, strictEscape)
    .replaceAll(/(?<=\\[dDsSwW])-(?=.)|(?<=.)-(?=\\[dDsSwW])/gsu, "\\x2d");
}
