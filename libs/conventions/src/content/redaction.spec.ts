import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { AttributeValue } from '#model';
import { contentPolicySchema, SHIPPED_CONTENT_POLICY, type ContentPolicy } from './content-policy.ts';
import { CUT } from './cut-content.ts';
import { redactionOf } from './redaction.ts';

const ALL = contentPolicySchema.parse({
  patterns: { email: true, card: true, iban: true, custom: [{ name: 'policy_no', pattern: 'P-[0-9]{6}' }] },
});
const apply = (policy: ContentPolicy, key: string, value: AttributeValue): AttributeValue => {
  const edit = redactionOf(policy)!;
  return edit.concerns(null, key) ? edit.attribute(null, key, value) : value;
};

describe('Patterns', () => {
  test.each([
    ['an address', 'write to jane.doe+x@mail.example.org, please', 'write to [email], please'],
    ['no address', 'a @ b, @home, user@localhost', 'a @ b, @home, user@localhost'],
    ['a card', 'card 4111 1111 1111 1111.', 'card [card].'],
    ['a card with hyphens', '5500-0055-5555-5559', '[card]'],
    ['digits that fail Luhn', '4111 1111 1111 1112', '4111 1111 1111 1112'],
    ['a longer number holds no card', '41111111111111111111', '41111111111111111111'],
    ['an account', 'IBAN DE89 3704 0044 0532 0130 00 today', 'IBAN [iban] today'],
    ['an account without blanks', 'GB29NWBK60161331926819', '[iban]'],
    ['an account with a wrong check', 'DE88370400440532013000', 'DE88370400440532013000'],
    ['one of the tenant', 'policies P-123456 and P-12', 'policies [policy_no] and P-12'],
    ['several', 'a@b.io pays by 4111111111111111', '[email] pays by [card]'],
  ])('%s', (_, text, expected) => {
    expect(apply(ALL, 'note', text)).toBe(expected);
  });

  test('in lists and objects; in ids no numbers are looked for', () => {
    expect(apply(ALL, 'note', ['a@b.io', { deep: ['4111111111111111', 5n] }])).toEqual([
      '[email]',
      { deep: ['[card]', 5n] },
    ]);
    expect(apply(ALL, 'order.id', '4111111111111111')).toBe('4111111111111111');
    expect(apply(ALL, 'user.id', 'a@b.io')).toBe('[email]');
    const list = ['nothing', { here: true }];
    expect(apply(ALL, 'note', list)).toBe(list);
  });

  test('take no longer than the text is long, whatever stands in it', () => {
    const texts = [
      'a'.repeat(200_000) + '@',
      '1 '.repeat(100_000),
      'DE00' + 'A'.repeat(200_000),
      '@a.'.repeat(50_000),
    ];
    for (const text of texts) expect(typeof apply(ALL, 'note', text)).toBe('string');
    const evil = contentPolicySchema.parse({ patterns: { custom: [{ name: 'x', pattern: '(a+)+b' }] } });
    expect(apply(evil, 'note', 'a'.repeat(50_000))).toBe('a'.repeat(50_000));
  });

  test('applied twice is applied once', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const once = apply(ALL, 'note', text);
        expect(apply(ALL, 'note', once)).toEqual(once);
      }),
    );
  });
});

describe('The policy', () => {
  test('that is shipped takes nothing out', () => {
    expect(redactionOf(SHIPPED_CONTENT_POLICY)).toBeNull();
    expect(SHIPPED_CONTENT_POLICY.receivedDays).toBe(30);
  });

  test('content: never cuts what was said, and nothing else', () => {
    const never = contentPolicySchema.parse({ content: 'never' });
    expect(apply(never, 'gen_ai.input.messages', 'hail')).toBe(CUT);
    expect(apply(never, 'gen_ai.request.model', 'm')).toBe('m');
    expect(redactionOf(never)!.status('declined: hail')).toBe(CUT);
    expect(redactionOf(never)!.body('gen_ai.user.message', { content: 'hail' })).toBe(CUT);
  });

  test.each<[string, object, string, string]>([
    [
      'a pattern that is none',
      { patterns: { custom: [{ name: 'x', pattern: '(' }] } },
      'patterns.custom.0.pattern',
      'missing',
    ],
    [
      'a pattern that RE2 has not',
      { patterns: { custom: [{ name: 'x', pattern: '(?=a)b' }] } },
      'patterns.custom.0.pattern',
      'invalid',
    ],
    [
      'a pattern that matches nothing',
      { patterns: { custom: [{ name: 'x', pattern: 'a*' }] } },
      'patterns.custom.0.pattern',
      'must not match nothing',
    ],
    [
      'logs kept too short',
      { keepDays: { default: 30 }, logs: { classes: ['tool.result'] } },
      'keepDays',
      '184 days',
    ],
    [
      'one class of logs kept too short',
      { keepDays: { byClass: { 'tool.result': 100 } }, logs: { classes: ['tool.result'] } },
      'keepDays',
      'tool.result',
    ],
    ['a floor below the law', { logs: { floorDays: 30 } }, 'logs.floorDays', '184'],
    [
      'logs that are never stored',
      { content: 'never', logs: { classes: ['documents'] } },
      'content',
      'must be always',
    ],
  ])('refuses %s', (_, rule, path, message) => {
    const { error } = contentPolicySchema.safeParse(rule);
    expect(error?.issues.map((issue) => issue.path.join('.'))).toEqual([path]);
    expect(error?.issues[0]?.message).toContain(message);
  });
});
