import { expect, test } from '@jest/globals';
import { reportSeldom } from './report-seldom.ts';

test('the same trouble is told again only after a while, with how often it came; another one at once', () => {
  let nowMs = 0;
  const told: string[] = [];
  const report = reportSeldom(
    (message, error) => told.push(`${message}: ${String(error)}`),
    10_000,
    () => nowMs,
  );
  const at = (ms: number, message: string, error: Error) => {
    nowMs = ms;
    report(message, error);
  };
  at(0, 'the queues cannot be reached', new Error('refused'));
  at(1_000, 'the queues cannot be reached', new Error('refused'));
  at(2_000, 'the queues cannot be reached', new Error('terminated'));
  at(3_000, 'judge-waste failed', new Error('refused'));
  at(9_999, 'the queues cannot be reached', new Error('refused'));
  at(10_000, 'the queues cannot be reached', new Error('refused'));
  at(60_000, 'the queues cannot be reached', new Error('refused'));
  expect(told).toEqual([
    'the queues cannot be reached: Error: refused',
    'the queues cannot be reached: Error: terminated',
    'judge-waste failed: Error: refused',
    'the queues cannot be reached (and 2 times more before): Error: refused',
    'the queues cannot be reached: Error: refused',
  ]);
});
