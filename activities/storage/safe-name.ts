import { createHash } from 'node:crypto';

const LIMIT_CHARACTERS = 120;
const KEPT_CHARACTERS = 90;

/**
 * A file name that no two texts have in common: letters, digits, `.`, `_` and `-` stay, all else becomes `%XX`
 * byte by byte, a leading dot too. A long one is cut and ends in `%-` and a hash, which no short one can.
 */
export function toSafeName(text: string): string {
  const name = [...Buffer.from(text, 'utf8')]
    .map((byte, index) => {
      const letter = String.fromCodePoint(byte);
      const stays = /[A-Za-z0-9._-]/.test(letter) && !(index === 0 && letter === '.');
      return stays ? letter : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
  if (name === '') {
    return '%-';
  }
  if (name.length <= LIMIT_CHARACTERS) {
    return name;
  }
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 24);
  return `${name.slice(0, KEPT_CHARACTERS)}%-${hash}`;
}
