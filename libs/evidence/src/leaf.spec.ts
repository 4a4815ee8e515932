import { expect, test } from '@jest/globals';
import canonicalize from 'canonicalize';
import { encodeLeaf, sealLeaf } from './leaf.ts';

const RECORDED_US = 1_764_000_000_123_456n;
const body = encodeLeaf('trace.revision', RECORDED_US, { trace: 't1', revision: 2, amount: 12n, note: 'ü' });

test('a sealed leaf is the recorded one with the time of sealing, canonical again', () => {
  const sealed = sealLeaf(body, RECORDED_US + 5n, null).toString();
  expect(sealed).toBe(
    '{"amount":"12","kind":"trace.revision","note":"ü","recordedAt":"2025-11-24T16:00:00.123456000Z",' +
      '"revision":2,"sealedAt":"2025-11-24T16:00:00.123461000Z","trace":"t1","v":1}',
  );
  expect(sealed).toBe(canonicalize(JSON.parse(sealed)));
});

test('a leaf that continues another names its hash', () => {
  const sealed = JSON.parse(sealLeaf(body, RECORDED_US, Buffer.alloc(32, 1)).toString());
  expect(sealed).toMatchObject({ previousLeaf: 'AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=' });
});

test('the limit leaves room for what sealing adds', () => {
  const largest = (length: number): Buffer =>
    encodeLeaf('trace.revision', RECORDED_US, { text: 'x'.repeat(length) });
  const overhead = largest(0).length;
  const full = largest(32 * 1024 - 256 - overhead);
  expect(sealLeaf(full, RECORDED_US, Buffer.alloc(32)).length).toBeLessThanOrEqual(32 * 1024);
  expect(() => largest(32 * 1024 - 255 - overhead)).toThrow(
    'a trace.revision leaf of 32513 bytes is over the limit',
  );
});
