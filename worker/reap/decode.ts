import type { Client, Payload } from '@temporalio/client';

/** A payload was written with another data converter or codec than the client has. Nothing may be concluded from it. */
export class UnreadablePayload extends Error {
  override readonly name = 'UnreadablePayload';
}

/**
 * The value of a payload, read with the client's own data converter and codecs; undefined where there is none.
 *
 * @throws {@link UnreadablePayload}
 */
export async function decode(
  client: Client,
  workflowId: string,
  payload: Payload | null | undefined,
): Promise<unknown> {
  if (!payload) return undefined;
  const { loadedDataConverter: converter, namespace } = client.options;
  const context = { type: 'workflow', namespace, workflowId } as const;
  try {
    let payloads = [payload];
    // Codecs decode in the opposite of the order in which they encode.
    for (const codec of converter.payloadCodecs.toReversed())
      payloads = await codec.decode(payloads, context);
    const [plain] = payloads;
    return plain && converter.payloadConverter.fromPayload(plain, context);
  } catch (error) {
    throw new UnreadablePayload(`Could not read a payload of a workflow [${workflowId}]`, { cause: error });
  }
}
