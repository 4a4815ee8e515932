import { expect, test } from '@jest/globals';
import { Rules, type RuleVersion } from './rules.ts';

const refund = (version: number, validFromUs: bigint | null, verbs: Record<string, string>): RuleVersion => ({
  name: 'refund',
  version,
  validFromUs,
  rule: { outcomeType: 'refund.paid', verbs },
});
const V1 = refund(1, 100n, { paid: 'achieved' });
const V2 = refund(2, 200n, { paid: 'achieved', denied: 'failed' });
const DATED = new Rules([V1, V2], [], []);
const ALWAYS = new Rules([refund(1, null, { paid: 'achieved' })], [], []);

test.each<[string, Rules, string, bigint, boolean, string | undefined]>([
  ['nobody defined it', DATED, 'shipment', 150n, false, undefined],
  ['before its first definition', DATED, 'refund', 99n, false, undefined],
  ['from the first one on', DATED, 'refund', 100n, true, 'refund@1'],
  ['from the second one on', DATED, 'refund', 200n, true, 'refund@2'],
  ['from the beginning', ALWAYS, 'refund', -5n, true, 'refund@1'],
  ['a shipped kind, always', DATED, 'ticket', -5n, true, 'ticket@0'],
])('a kind of work item: %s', (_, rules, kind, atUs, isKind, name) => {
  const definition = rules.definition(kind, atUs);
  expect(rules.isWorkItemKind(kind, atUs)).toBe(isKind);
  expect(definition === null ? undefined : `${definition.kind}@${definition.version}`).toBe(name);
});

test.each<[string, Rules, string, (bigint | null)[], string | undefined]>([
  ['in force at the first time', DATED, 'refund', [150n, 250n], 'refund@1'],
  ['a time that is not known is passed over', DATED, 'refund', [null, 250n], 'refund@2'],
  ['so is one before every definition', DATED, 'refund', [50n, 250n], 'refund@2'],
  ['else the earliest of the kind', DATED, 'refund', [50n, null], 'refund@1'],
  ['whatever the order they were made in', new Rules([V2, V1], [], []), 'refund', [], 'refund@1'],
  ['of a shipped kind the shipped one', DATED, 'ticket', [], 'ticket@0'],
  ['a kind that nobody ever defined', DATED, 'shipment', [150n], undefined],
])('the definition of an item: %s', (_, rules, kind, times, name) => {
  const definition = rules.definitionOfItem(kind, times);
  expect(definition === null ? undefined : `${definition.kind}@${definition.version}`).toBe(name);
});

test.each<[string, string, bigint, string | null, string | null]>([
  ['refund', 'paid', 99n, null, 'unknown_kind'],
  ['refund', 'paid', 100n, 'achieved', null],
  ['refund', 'denied', 199n, null, 'unknown_verb'],
  ['refund', 'denied', 200n, 'failed', null],
  ['refund', 'constructor', 200n, null, 'unknown_verb'],
  ['ticket', 'resolved', 1n, 'achieved', null],
])('%s.%s at %s means %s', (kind, verb, atUs, effect, setAsideReason) => {
  expect(DATED.readVerb(kind, verb, atUs, '/shop')).toEqual({
    effect,
    setAsideReason,
    definition: DATED.definition(kind, atUs),
  });
});
