import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { decodeKeyTree, encodeKeyTree, newKeyTree, secretOf, withoutSubject } from './key-tree.ts';
import { decryptContent, encryptContent, saltOf, subjectKeys } from './seal-content.ts';

const ROOT = Buffer.alloc(32, 7);
const subject = fc.uuid();
/** A search is over the whole state: no secret that is left may give the destroyed one. */
const derivable = (bytes: Buffer, id: string) => secretOf(decodeKeyTree(bytes), id);

describe('The keys of subjects', () => {
  test('follow from one secret, each its own, and always the same', () => {
    const tree = newKeyTree(ROOT);
    expect(secretOf(tree, 'a')!.toString('hex')).toBe(
      'a3841961b621bc095fab1ce7c3e8f83842afd33d79af740be8ee44a76cc5b6d7',
    );
    expect(secretOf(tree, 'a')).not.toEqual(secretOf(tree, 'b'));
    expect(secretOf(newKeyTree(Buffer.alloc(32, 8)), 'a')).not.toEqual(secretOf(tree, 'a'));
  });

  test('are destroyed one by one, in any order, and nobody else loses theirs', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(subject, { minLength: 1, maxLength: 6 }),
        fc.uniqueArray(subject),
        (gone, kept) => {
          const before = newKeyTree(ROOT);
          const after = gone.reduce(withoutSubject, before);
          const others = kept.filter((id) => !gone.includes(id));
          const stored = encodeKeyTree(after);
          expect(gone.map((id) => derivable(stored, id))).toEqual(gone.map(() => null));
          expect(others.map((id) => derivable(stored, id))).toEqual(others.map((id) => secretOf(before, id)));
          const again = encodeKeyTree([...gone].reverse().reduce(withoutSubject, before));
          expect(again.equals(stored)).toBe(true);
          expect(gone.reduce(withoutSubject, after)).toBe(after);
        },
      ),
      { numRuns: 25 },
    );
  });

  test('a destroyed key, and every secret above it, stands nowhere in what is kept', () => {
    const before = newKeyTree(ROOT);
    const secret = secretOf(before, 'a')!;
    const kept = encodeKeyTree(withoutSubject(before, 'a'));
    expect([kept.includes(secret), kept.includes(ROOT)]).toEqual([false, false]);
    expect(decodeKeyTree(kept).secrets.size).toBe(96);
  });

  test('bytes that are cut off are no tree', () => {
    const bytes = encodeKeyTree(withoutSubject(newKeyTree(ROOT), 'a'));
    expect(() => decodeKeyTree(bytes.subarray(0, -1))).toThrow('no key tree');
    expect(() => decodeKeyTree(Buffer.from([1, 0x39, ...ROOT]))).toThrow('no key tree');
  });
});

describe('Content under a subject key', () => {
  const keys = subjectKeys(ROOT);
  const sealed = encryptContent(keys, randomBytes(12), 'here', Buffer.from('hail damage'));

  test('comes back where it belongs, with the key it was encrypted with', () => {
    expect(decryptContent(keys, 'here', sealed).toString()).toBe('hail damage');
    expect(sealed.includes('hail')).toBe(false);
  });

  test.each<[string, () => Buffer]>([
    ['another place', () => decryptContent(keys, 'there', sealed)],
    ['another key', () => decryptContent(subjectKeys(Buffer.alloc(32, 8)), 'here', sealed)],
    [
      'another bit',
      () => {
        const changed = Buffer.from(sealed);
        changed[15]! ^= 1;
        return decryptContent(keys, 'here', changed);
      },
    ],
  ])('does not with %s', (_, open) => {
    expect(open).toThrow('unable to authenticate');
  });

  test('salts: one for each step and part', () => {
    const salts = [saltOf(keys, 'a', 'span'), saltOf(keys, 'a', 'identity'), saltOf(keys, 'b', 'span')];
    expect(new Set(salts.map((salt) => salt.toString('hex'))).size).toBe(3);
    expect(saltOf(keys, 'a', 'span')).toEqual(salts[0]);
  });
});
