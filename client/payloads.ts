/**
 * Reads what the SDK's client hands out raw (an input in the history, the failure of a pending activity) with the
 * user's own data converter, encryption included.
 */
import type { Client, Payload, ProtoFailure } from '@temporalio/client';

/** As the SDK's client has loaded it. */
export type LoadedDataConverter = Client['options']['loadedDataConverter'];

/** Whose payloads they are: some codecs bind what they encrypt to it. */
export interface PayloadOwner {
  namespace: string;
  workflowId: string;
}

/** The values of `payloads`, in their order; none where there are no payloads. */
export async function decodePayloads(
  converter: LoadedDataConverter,
  payloads: Payload[] | null | undefined,
  owner: PayloadOwner,
): Promise<unknown[]> {
  if (!payloads) return [];
  const context = { type: 'workflow', ...owner } as const;
  const decoded = await throughCodecs(converter, payloads, owner);
  return decoded.map((payload) => converter.payloadConverter.fromPayload(payload, context));
}

/** The failure as an error of the SDK, its details and causes decoded. */
export async function decodeFailure(
  converter: LoadedDataConverter,
  failure: ProtoFailure,
  owner: PayloadOwner,
): Promise<Error> {
  const context = { type: 'workflow', ...owner } as const;
  const plain = await plainFailure(converter, failure, owner);
  return converter.failureConverter.failureToError(plain, converter.payloadConverter, context);
}

async function plainFailure(
  converter: LoadedDataConverter,
  failure: ProtoFailure,
  owner: PayloadOwner,
): Promise<ProtoFailure> {
  const application = failure.applicationFailureInfo;
  const [encodedAttributes] = failure.encodedAttributes
    ? await throughCodecs(converter, [failure.encodedAttributes], owner)
    : [];
  return {
    ...failure,
    ...(encodedAttributes && { encodedAttributes }),
    ...(failure.cause && { cause: await plainFailure(converter, failure.cause, owner) }),
    ...(application?.details?.payloads && {
      applicationFailureInfo: {
        ...application,
        details: { payloads: await throughCodecs(converter, application.details.payloads, owner) },
      },
    }),
  };
}

/** Codecs decode in the opposite of the order in which they encode. */
async function throughCodecs(
  converter: LoadedDataConverter,
  payloads: Payload[],
  owner: PayloadOwner,
): Promise<Payload[]> {
  const context = { type: 'workflow', ...owner } as const;
  return converter.payloadCodecs.reduceRight<Promise<Payload[]>>(
    async (before, codec) => codec.decode(await before, context),
    Promise.resolve(payloads),
  );
}
