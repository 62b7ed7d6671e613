import type { DownloadExportDayInput } from '../api.ts';

/** What was found of a day. `absent`: Twilio answers 404 for it. */
export type FoundDay = 'absent' | 'zeroBytes' | 'noRecords' | 'records';

/** What follows. `askAgain`: it may still appear; `corrupt`: a day with records can not look like this. */
export type DayVerdict = 'publish' | 'empty' | 'askAgain' | 'corrupt';

/**
 * An empty day was seen as an empty gzip, as a file of 0 bytes and as no Day at all. Whether such a thing is well
 * depends on what the job said of the day.
 */
export function judgeDay(found: FoundDay, status: DownloadExportDayInput['status']): DayVerdict {
  switch (found) {
    case 'records':
      return 'publish';
    case 'noRecords':
      return 'empty';
    case 'zeroBytes':
      return status === 'Completed' ? 'corrupt' : 'empty';
    case 'absent':
      return status === 'CompletedEmptyRecords' ? 'empty' : 'askAgain';
  }
}
