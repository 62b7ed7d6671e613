import type { ActivityParts } from '../activity-parts.ts';
import type {
  ExportConfiguration,
  FetchExportConfigurationInput,
  UpdateExportConfigurationInput,
} from '../bulk-exports-api.ts';
import { createFailure } from '../failures.ts';
import { askTwilio } from './ask-twilio.ts';

/** Implements `fetchExportConfiguration` of the contract. */
export async function fetchExportConfiguration(
  parts: ActivityParts,
  { resourceType, account }: FetchExportConfigurationInput,
): Promise<ExportConfiguration> {
  return await askTwilio(parts, {
    account,
    doing: 'Could not fetch the configuration',
    of: resourceType,
    ask: async (api, signal) => await api.configure({ resourceType, signal }),
  });
}

/** Implements `updateExportConfiguration` of the contract. To repeat it changes nothing more. */
export async function updateExportConfiguration(
  parts: ActivityParts,
  { resourceType, account, enabled, webhookUrl, webhookMethod }: UpdateExportConfigurationInput,
): Promise<ExportConfiguration> {
  const doing = 'Could not update the configuration';
  const change = new URLSearchParams();
  if (enabled !== undefined) {
    change.set('Enabled', String(enabled));
  }
  if (webhookUrl !== undefined) {
    change.set('WebhookUrl', webhookUrl ?? '');
    change.set('WebhookMethod', webhookUrl === null ? '' : (webhookMethod ?? 'POST'));
  } else if (webhookMethod !== undefined) {
    change.set('WebhookMethod', webhookMethod);
  }
  if (change.size === 0) {
    throw createFailure('InvalidInput', {
      message: `${doing} [${resourceType}]: expected enabled, webhookUrl or webhookMethod, got none of them.`,
    });
  }
  return await askTwilio(parts, {
    account,
    doing,
    of: resourceType,
    ask: async (api, signal) => await api.configure({ resourceType, change, signal }),
  });
}
