/** What a person must see of a text that somebody else chose: every sign, also those that show nothing or turn the writing round. */

const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Cn}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu;
/** Where Unicode keeps pictures of the control characters, in their order. */
const PICTURES = 0x2400;

/** Return how many lines a text has; the last one may lack its end. */
export function linesOf(text: string): number {
  return text.split("\n").length - (text === "" || text.endsWith("\n") ? 1 : 0);
}

/** Return a text in one line, with a picture or the number of every such sign; the same as the server writes. */
export function visible(text: string): string {
  return text.replaceAll(UNSEEN, (sign) => {
    const code = sign.codePointAt(0) ?? 0;
    if (code < 0x20) return String.fromCodePoint(PICTURES + code);
    if (code === 0x7f) return "\u2421";
    return `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
  });
}
