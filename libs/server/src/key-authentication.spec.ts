import { expect, test } from '@jest/globals';
import { KeyAuthentication } from './key-authentication.ts';
import type { Principal } from './principal.ts';

const principal: Principal = {
  tenantId: 1n,
  principalId: 'p',
  keyId: 'k',
  roles: ['spans'],
  sources: null,
  kinds: null,
  isBootstrap: false,
};

test('a key is read once in five seconds, known or unknown, and again after a failure', async () => {
  let nowMs = 0;
  const answers: (Principal | null | Error)[] = [principal, new Error('away'), null, principal];
  let reads = 0;
  const keys = new KeyAuthentication(
    () => {
      const answer = answers[reads++]!;
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
    () => nowMs,
  );
  const ask = () => keys.authenticate('Bearer olk_aaaaaaaaaaaa');
  expect(await Promise.all([ask(), ask(), ask()])).toEqual([principal, principal, principal]);
  nowMs = 4999;
  expect([await ask(), reads]).toEqual([principal, 1]);
  nowMs = 5000;
  await expect(ask()).rejects.toThrow('away');
  expect([await ask(), await ask(), reads]).toEqual([null, null, 3]);
  nowMs = 10_000;
  expect([await ask(), reads]).toEqual([principal, 4]);
});

test('a flood of invented keys does not push a known key out', async () => {
  let reads = 0;
  const keys = new KeyAuthentication(
    () => Promise.resolve(reads++ === 0 ? principal : null),
    () => 0,
  );
  await keys.authenticate('Bearer olk_the_real_key_0');
  for (let n = 0; n < 12_000; n++) await keys.authenticate(`Bearer olk_invented_${n}`);
  const readsBefore = reads;
  expect(await keys.authenticate('bearer olk_the_real_key_0')).toEqual(principal);
  expect(reads).toBe(readsBefore);
});

test.each([
  undefined,
  '',
  'Bearer',
  'Basic olk_aaaaaaaaaaaa',
  'Bearer olk_short',
  'Bearer nope_aaaaaaaaaaaa',
  'Bearer a b',
])('%p is refused without asking the database', async (header) => {
  const keys = new KeyAuthentication(() => Promise.reject(new Error('asked')));
  expect(await keys.authenticate(header)).toBeNull();
});
