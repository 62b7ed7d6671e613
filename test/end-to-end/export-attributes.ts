import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';

/**
 * The search attributes that change in an export of so many days, as the typed client sets them at start. Without the
 * account: it never changes, and the literal activities name it anew for each export.
 */
export function exportAttributes(days: number): { typedSearchAttributes: SearchAttributePair[] } {
  const keyword = (name: string, value: string): SearchAttributePair => ({
    key: defineSearchAttributeKey(name, 'KEYWORD'),
    value,
  });
  const count = (name: string, value: number): SearchAttributePair => ({
    key: defineSearchAttributeKey(name, 'INT'),
    value,
  });
  return {
    typedSearchAttributes: [
      keyword('BulkExportPhase', 'creating'),
      keyword('BulkExportResourceType', 'Messages'),
      count('BulkExportDaysDone', 0),
      count('BulkExportDaysTotal', days),
      count('BulkExportDaysFailed', 0),
      { key: defineSearchAttributeKey('BulkExportJobSid', 'KEYWORD_LIST'), value: ['none'] },
    ],
  };
}
