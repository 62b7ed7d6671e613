import type { Fact } from './switch-off.ts';
import { ACCOUNT_FACTS } from './tables/accounts.ts';
import { ANSWER_FACTS } from './tables/answers.ts';
import { CONFIGURATION_FACTS } from './tables/configurations.ts';
import { CREATE_FACTS } from './tables/creates.ts';
import { DAY_FACTS } from './tables/days.ts';
import { DELETE_FACTS } from './tables/deletes.ts';
import { DETAILS_FACTS } from './tables/details.ts';
import { FILE_FACTS } from './tables/files.ts';
import { LINK_FACTS } from './tables/links.ts';
import { OPERATION_FACTS } from './tables/operations.ts';
import { PAGE_FACTS } from './tables/pages.ts';
import { QUEUE_FACTS } from './tables/queue.ts';
import { QUOTA_FACTS } from './tables/quota-and-mails.ts';
import { RECORD_FACTS } from './tables/records.ts';
import { REQUEST_FAULT_FACTS } from './tables/request-faults.ts';
import { STATUS_FACTS } from './tables/statuses.ts';
import { STORE_FACTS } from './tables/store.ts';
import { WEBHOOK_FACTS } from './tables/webhooks.ts';

/** All facts, in the order in which they are told. */
export const FACTS: readonly Fact[] = [
  ...OPERATION_FACTS,
  ...CONFIGURATION_FACTS,
  ...PAGE_FACTS,
  ...ACCOUNT_FACTS,
  ...ANSWER_FACTS,
  ...CREATE_FACTS,
  ...QUOTA_FACTS,
  ...DETAILS_FACTS,
  ...STATUS_FACTS,
  ...QUEUE_FACTS,
  ...DELETE_FACTS,
  ...DAY_FACTS,
  ...LINK_FACTS,
  ...FILE_FACTS,
  ...STORE_FACTS,
  ...RECORD_FACTS,
  ...WEBHOOK_FACTS,
  ...REQUEST_FAULT_FACTS,
];
