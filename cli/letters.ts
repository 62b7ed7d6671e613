/** How much room a text takes in a terminal: a letter of Chinese or an emoji has two columns, an accent has none. */
import stringWidth from 'string-width';

/** How many columns a text without control characters takes. */
export function columnsOf(text: string): number {
  return stringWidth(text);
}

/** As much of its beginning as has room in so many columns. */
export function beginningOf(text: string, columns: number): string {
  return fitting(lettersOf(text), columns).join('');
}

/** As much of its end as has room in so many columns. */
export function endOf(text: string, columns: number): string {
  return fitting(lettersOf(text).toReversed(), columns).toReversed().join('');
}

/** As people count them: what makes one letter together stays together. */
function lettersOf(text: string): string[] {
  return Array.from(SEGMENTER.segment(text), ({ segment }) => segment);
}

function fitting(letters: string[], columns: number): string[] {
  let used = 0;
  const tooFar = letters.findIndex((letter) => (used += columnsOf(letter)) > columns);
  return tooFar === -1 ? letters : letters.slice(0, tooFar);
}

const SEGMENTER = new Intl.Segmenter();
