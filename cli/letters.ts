/** How much room a text takes in a terminal: a letter of Chinese or an emoji has two columns, an accent has none. */

/** As people count them: what makes one letter together stays together. */
export function lettersOf(text: string): string[] {
  return PRINTABLE_ASCII.test(text)
    ? Array.from(text)
    : Array.from(SEGMENTER.segment(text), ({ segment }) => segment);
}

/** How many columns a text without control characters takes. */
export function columnsOf(text: string): number {
  return PRINTABLE_ASCII.test(text)
    ? text.length
    : lettersOf(text).reduce((sum, letter) => sum + widthOf(letter), 0);
}

/** As much of its beginning as has room in so many columns. */
export function beginningOf(text: string, columns: number): string {
  return fitting(lettersOf(text), columns).join('');
}

/** As much of its end as has room in so many columns. */
export function endOf(text: string, columns: number): string {
  return fitting(lettersOf(text).toReversed(), columns).toReversed().join('');
}

function fitting(letters: string[], columns: number): string[] {
  let used = 0;
  const tooFar = letters.findIndex((letter) => (used += widthOf(letter)) > columns);
  return tooFar === -1 ? letters : letters.slice(0, tooFar);
}

const SEGMENTER = new Intl.Segmenter();
const PRINTABLE_ASCII = /^[ -~]*$/;
const WITHOUT_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;
/** Half-width forms are of these scripts, too. */
const WIDE =
  /^(?![\uFF61-\uFFDC])[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Bopomofo}\p{sc=Yi}\u3000-\u303E\uFF01-\uFF60\uFFE0-\uFFE6]/u;
/** Some letters are pictures by themselves, others by the sign that says so. */
const PICTURE = /\p{Emoji_Presentation}|\uFE0F/u;

function widthOf(letter: string): number {
  if (WITHOUT_WIDTH.test(letter)) return 0;
  return WIDE.test(letter) || PICTURE.test(letter) ? 2 : 1;
}
