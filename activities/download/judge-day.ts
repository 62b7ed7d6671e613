import type { DownloadExportDayInput } from '../api.ts';

/**
 * `noDay`: Twilio answers 404 for the day. `noFile`: it gives a link that leads to nothing. `foreignFile`: there is a
 * file, of another job, which is not taken.
 */
export type AbsentFinding = 'noDay' | 'noFile' | 'foreignFile';

/** What was found of a day. */
export type FoundDay = AbsentFinding | 'zeroBytes' | 'noRecords' | 'records';

/** What follows. `askAgain`: it may still appear; `corrupt`: a day with records can not look like this. */
export type DayVerdict = 'publish' | 'empty' | 'askAgain' | 'corrupt';

/**
 * An empty day was seen as an empty gzip, as a file of 0 bytes and as no Day at all. Whether such a thing is well
 * depends on what the job said of the day. A link that leads to nothing is well for no day: there was a file.
 */
export function judgeDay(found: FoundDay, status: DownloadExportDayInput['status']): DayVerdict {
  switch (found) {
    case 'records':
      return 'publish';
    case 'noRecords':
      return 'empty';
    case 'zeroBytes':
      return status === 'Completed' ? 'corrupt' : 'empty';
    case 'noDay':
    case 'foreignFile':
      return status === 'CompletedEmptyRecords' ? 'empty' : 'askAgain';
    case 'noFile':
      return 'askAgain';
  }
}
