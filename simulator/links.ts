import { onceASecond } from './once-a-second.ts';
import { hexOf } from './random.ts';
import type { ResourceType } from './script.ts';
import type { World } from './world.ts';

/** The links that were given out. */
export type Links = Map<string, Link>;

/** One signed link. It works once, and not for long. */
export interface Link {
  path: string;
  accountSid: string;
  resourceType: ResourceType;
  day: string;
  /** By the simulator's clock. */
  expiresAtMs: number;
  /** By real time: before it the link works in any case. */
  worksUntilMs: number;
  isUsed: boolean;
}

/** As the links of the real store say. */
const LINK_LIFETIME_SECONDS = 240;

/** So many are remembered: a forgotten one opens nothing, and in four minutes nobody asks for so many. */
const REMEMBERED_LINKS = 50_000;
/** Forgotten at once: one by one, each would be searched among those that were forgotten before. */
const FORGOTTEN_AT_ONCE = 10_000;

/** Gives out a link of its own. A good one opens the file once; the others never do. */
export function issueLink(
  world: World,
  of: { accountSid: string; resourceType: ResourceType; day: string; state: 'good' | 'expired' | 'used' },
): string {
  const { accountSid, resourceType, day, state } = of;
  const issuedAtMs = world.clock.now() - (state === 'expired' ? 2 * LINK_LIFETIME_SECONDS * 1000 : 0);
  const path = `/${accountSid}/${resourceType}/${day}.json.gz`;
  const signature = hexOf(64, world.seed, 'link', path, world.nextNumber(`links to ${path}`));
  world.links.set(signature, {
    path,
    accountSid,
    resourceType,
    day,
    expiresAtMs: issuedAtMs + LINK_LIFETIME_SECONDS * 1000,
    worksUntilMs: state === 'expired' ? 0 : performance.now() + world.limits.linkMinimumMs,
    isUsed: state === 'used',
  });
  world.counts.links.issued += 1;
  if (world.links.size > REMEMBERED_LINKS) {
    forgetOldest(world.links);
  }
  const amzDate = amzDateOf(issuedAtMs);
  const scope = `${amzDate.slice(0, 8)}%2Fus-east-1%2Fs3%2Faws4_request`;
  // Written out, since to build it by URLSearchParams takes longer than all the rest of the answer.
  return (
    `${world.urls.store}${path}?X-Amz-Algorithm=AWS4-HMAC-SHA256` +
    `&X-Amz-Credential=${world.accessKeyId}%2F${scope}` +
    `&X-Amz-Date=${amzDate}&X-Amz-Expires=${LINK_LIFETIME_SECONDS}&X-Amz-SignedHeaders=host` +
    `&X-Amz-Signature=${signature}`
  );
}

const amzDateOf = onceASecond((atMs) => new Date(atMs).toISOString().replaceAll(/[-:]|\.\d+/g, ''));

function forgetOldest(links: Links): void {
  for (const forgotten of [...links.keys()].slice(0, FORGOTTEN_AT_ONCE)) {
    links.delete(forgotten);
  }
}

/** What of a request's target decides whether it opens a file. */
export interface AskedLink {
  path: string;
  /** Empty where there is none. */
  signature: string;
}

/** Reads the target of a request, with or without an origin before it. Never throws, and is much faster than `URL`. */
export function parseLink(target: string): AskedLink {
  const path = /^(?:https?:\/\/[^/?]*)?([^?]*)/i.exec(target)?.[1] ?? '';
  const signature = /[?&]X-Amz-Signature=([^&]*)/.exec(target)?.[1] ?? '';
  return { path, signature };
}

/** The link that a request holds, or why it opens nothing, which is counted. */
export function checkLink(
  world: World,
  asked: AskedLink,
): { link: Link } | { refused: 'unknown' | 'usedTwice' | 'expired' } {
  const link = world.links.get(asked.signature);
  if (link?.path !== asked.path) {
    return refuse(world, 'unknown');
  }
  if (link.isUsed) {
    return refuse(world, 'usedTwice');
  }
  const isOld = link.expiresAtMs <= world.clock.now() && link.worksUntilMs <= performance.now();
  return isOld ? refuse(world, 'expired') : { link };
}

function refuse<R extends 'unknown' | 'usedTwice' | 'expired'>(world: World, reason: R): { refused: R } {
  world.counts.links[reason] += 1;
  return { refused: reason };
}
