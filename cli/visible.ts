/**
 * Keeps what others have written, such as workflow ids and friendly names, from steering a terminal: a letter that
 * moves the cursor, hides or turns round what stands beside it is shown as JSON escapes it.
 */

/** Texts of several lines. `colours`: whether those that `paint` gives may pass. */
export function visible(text: string, { colours }: { colours: boolean }): string {
  return text.replaceAll(STEERING, (letters) =>
    letters === '\n' || letters === '\t' || (colours && letters.length > 1) ? letters : escapeAll(letters),
  );
}

/** What has to stay on one line, of which nobody may make a second one. Colours pass here. */
export function visibleLine(text: string): string {
  return text.replaceAll(STEERING, (letters) => (letters.length > 1 ? letters : escapeAll(letters)));
}

/** JSON on one line; to a program it is the same. */
export function visibleJson(document: unknown): string {
  return JSON.stringify(document).replaceAll(STEERING, escapeAll);
}

const ESCAPE = '\u001B';

/** A colour of `paint` as a whole, or one letter. */
const STEERING = new RegExp(
  String.raw`${ESCAPE}\[(?:1|2|22|31|32|33|39)m|[\p{Cc}\p{Bidi_Control}\u2028\u2029]`,
  'gu',
);

function escapeAll(letters: string): string {
  return letters.replaceAll(/[^ -~]/g, (letter) => {
    const short = JSON.stringify(letter).slice(1, -1);
    return short === letter ? `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}` : short;
  });
}
