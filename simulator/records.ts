import { createRandom } from './random.ts';
import type { Random } from './random.ts';
import type { ResourceType } from './script.ts';

/** Whose records, of what, of when. */
export interface RecordsOf {
  seed: string;
  accountSid: string;
  resourceType: ResourceType;
  day: string;
  /** Other numbers give other records. */
  version: number;
}

/** So many records in the shape of the documents, a JSON line each; the same input gives the same text. */
export function makeRecords(of: RecordsOf, count: number): string {
  const random = createRandom('records', of.seed, of.accountSid, of.resourceType, of.day, of.version);
  const dayMs = Date.parse(of.day);
  const make = makers[of.resourceType];
  let lines = '';
  for (let index = 0; index < count; index += 1) {
    // In the order of the day, as a log is.
    const atMs = dayMs + Math.floor(((index + random.below(1000) / 1000) / count) * 86_000) * 1000;
    lines += `${JSON.stringify(make({ random, accountSid: of.accountSid, atMs }))}\n`;
  }
  return lines;
}

interface MakeInput {
  random: Random;
  accountSid: string;
  atMs: number;
}

const makers: Readonly<Record<ResourceType, (input: MakeInput) => Record<string, unknown>>> = {
  Messages: makeMessage,
  Calls: makeCall,
  Conferences: makeConference,
  Participants: makeParticipant,
};

const BODIES = [
  'Your code is 402113. It is valid for ten minutes.',
  'Your table is booked for 19:30. Reply C to cancel.',
  'Parcel delivered. Grüße vom Kurier! 📦',
  'Reminder: your appointment is tomorrow at 09:15.',
] as const;

function makeMessage({ random, accountSid, atMs }: MakeInput): Record<string, unknown> {
  const failed = random.below(20) === 0;
  const record: Record<string, unknown> = {
    sid: `SM${random.hex(32)}`,
    account_sid: accountSid,
    messaging_service_sid: random.below(3) === 0 ? `MG${random.hex(32)}` : null,
    date_created: iso(atMs),
    date_sent: iso(atMs + 1000),
    date_updated: iso(atMs + 3000),
    status: failed ? 'undelivered' : 'delivered',
    direction: random.pick(['outbound-api', 'inbound', 'outbound-reply']),
    from: phone(random),
    to: phone(random),
    body: random.pick(BODIES),
    num_segments: 1 + random.below(2),
    num_media: 0,
    error_code: failed ? 30_003 : random.pick([0, null]),
    // Not in the documents and seen all the same: readers have to keep what they do not know.
    tags: { campaign: `c${random.below(9)}` },
  };
  // Prices are filled in later: some are missing on the first day.
  if (random.below(10) > 0) {
    record['price'] = '-0.00750';
    record['price_unit'] = 'USD';
  }
  return record;
}

function makeCall({ random, accountSid, atMs }: MakeInput): Record<string, unknown> {
  const seconds = random.below(900);
  return {
    sid: `CA${random.hex(32)}`,
    account_sid: accountSid,
    parent_call_sid: null,
    date_created: iso(atMs),
    start_time: iso(atMs + 2000),
    end_time: iso(atMs + 2000 + seconds * 1000),
    status: random.pick(['completed', 'no-answer', 'busy']),
    direction: random.pick(['inbound', 'outbound-api', 'outbound-dial']),
    from: phone(random),
    to: phone(random),
    duration: String(seconds),
    price: (-0.0085 * Math.ceil(seconds / 60)).toFixed(5),
    price_unit: 'USD',
    answered_by: null,
    flags: random.below(8),
  };
}

function makeConference({ random, accountSid, atMs }: MakeInput): Record<string, unknown> {
  return {
    sid: `CF${random.hex(32)}`,
    account_sid: accountSid,
    friendly_name: `Room ${1 + random.below(500)}`,
    date_created: iso(atMs),
    date_updated: iso(atMs + random.below(3_600_000)),
    status: 'completed',
    region: random.pick(['us1', 'ie1', 'au1']),
    reason_conference_ended: random.pick(['last-participant-left', 'conference-ended-via-api']),
    call_sid_ending_conference: `CA${random.hex(32)}`,
  };
}

function makeParticipant({ random, accountSid, atMs }: MakeInput): Record<string, unknown> {
  return {
    conference_sid: `CF${random.hex(32)}`,
    call_sid: `CA${random.hex(32)}`,
    account_sid: accountSid,
    label: random.below(4) === 0 ? `agent-${random.below(40)}` : null,
    date_created: iso(atMs),
    date_updated: iso(atMs + random.below(3_600_000)),
    status: 'complete',
    muted: random.below(5) === 0,
    hold: false,
    coaching: false,
    start_conference_on_enter: true,
    end_conference_on_exit: random.below(2) === 0,
  };
}

function iso(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}

function phone(random: Random): string {
  // 555-01xx belongs to nobody.
  return `+1${200 + random.below(700)}55501${String(random.below(100)).padStart(2, '0')}`;
}
