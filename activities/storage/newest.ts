/** Something with a time. */
export interface Dated {
  modifiedAtMs: number;
}

/** The newest of however many, the newest first, in the memory of twice as many as are wanted. */
export async function newestOf<Item extends Dated>(
  items: AsyncIterable<Item>,
  most: number,
): Promise<Item[]> {
  let kept: Item[] = [];
  for await (const item of items) {
    kept.push(item);
    if (kept.length >= 2 * most) {
      kept = newestFirst(kept, most);
    }
  }
  return newestFirst(kept, most);
}

function newestFirst<Item extends Dated>(items: Item[], most: number): Item[] {
  return items.toSorted((one, other) => other.modifiedAtMs - one.modifiedAtMs).slice(0, most);
}
