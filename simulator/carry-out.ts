import type { Account } from './accounts.ts';
import type { Answer } from './answer.ts';
import { answerFetchDay, answerListDays } from './day-operations.ts';
import {
  answerFetchConfiguration,
  answerFetchExport,
  answerUpdateConfiguration,
} from './export-operations.ts';
import type { MetFaults } from './faults.ts';
import { answerCreateJob, answerDeleteJob, answerFetchJob, answerListJobs } from './job-operations.ts';
import type { KnownRoute } from './routes.ts';
import type { World } from './world.ts';

/** A request that has been let in. */
export interface AdmittedRequest {
  world: World;
  account: Account;
  route: KnownRoute;
  query: URLSearchParams;
  form: URLSearchParams;
  faults: MetFaults;
}

/** Does what the request asks for. */
export function carryOut({ world, account, route, query, form, faults }: AdmittedRequest): Answer {
  switch (route.operation) {
    case 'fetchExport':
      return answerFetchExport(world, route.resourceType);
    case 'fetchConfiguration':
      return answerFetchConfiguration(world, account, route.resourceType);
    case 'updateConfiguration':
      return answerUpdateConfiguration(world, account, route.resourceType, form);
    case 'createJob':
      return answerCreateJob(world, account, route.resourceType, form);
    case 'listJobs':
      return answerListJobs(world, account, route.resourceType, query);
    case 'fetchJob':
      return answerFetchJob(world, account, route.jobSid);
    case 'deleteJob':
      return answerDeleteJob(world, account, route.jobSid);
    case 'listDays':
      return answerListDays(world, account, route.resourceType, query);
    case 'fetchDay':
      return answerFetchDay(world, account, route, faults);
  }
}
