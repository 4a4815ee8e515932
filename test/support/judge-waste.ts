import { judgeWaste } from '../../apps/worker/src/judge-waste.ts';
import type { TestService } from './service.ts';

/** Judges in this process what was posted, until nothing is due. @throws when something fails */
export async function judgeAll({ parts }: TestService): Promise<number> {
  const errors: unknown[] = [];
  const logger = { error: (...what: unknown[]): void => void errors.push(what) };
  const judged = await judgeWaste({ ...parts, logger }, () => false);
  if (errors.length > 0) throw new Error('a trace could not be judged', { cause: errors });
  return judged;
}
