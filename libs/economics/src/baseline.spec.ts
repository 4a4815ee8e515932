import { expect, test } from '@jest/globals';
import { dividePico, formatPico, parsePico } from '#model';
import {
  avoidedHires,
  breakEvenSuccess,
  breakEvenVolume,
  humanUnitCost,
  paybackMonths,
  priceHeadroom,
  qualityAdjustedCost,
  standardisedCost,
  type Handling,
} from './baseline.ts';

const usd = (text: string): bigint => parsePico(text)!;
const HOUR = 3_600_000n;
const handling = (over: Partial<Handling>): Handling => ({
  processCostPico: 0n,
  handOffPpm: 0n,
  handOffCostPico: 0n,
  detectedErrorPpm: 0n,
  reworkCostPico: 0n,
  escapedErrorPpm: 0n,
  lossPico: 0n,
  ...over,
});

test('T7.1: $240,000 over 8,500 hours is $28.2353 an hour; 6 minutes with 10 % rework are $3.1373', () => {
  const group = { costPico: usd('240000'), capacityMs: 8500n * HOUR, reworkPpm: 100_000n };
  expect(dividePico(usd('240000'), 8500n)!.slice(0, 7)).toBe('28.2352');
  expect(formatPico(humanUnitCost({ ...group, handlingMs: HOUR / 10n }))).toBe('3.137254901961');
  expect(() => humanUnitCost({ ...group, handlingMs: 1n, capacityMs: 0n })).toThrow(RangeError);
  expect(() => humanUnitCost({ ...group, handlingMs: 1n, reworkPpm: 1_000_000n })).toThrow(RangeError);
});

test('T3.8: 2 % silent errors at $50 each are $1.00 a case', () => {
  const cost = qualityAdjustedCost(handling({ escapedErrorPpm: 20_000n, lossPico: usd('50') }));
  expect(formatPico(cost)).toBe('1');
});

test('T7.2: the agent pays above 30 % success', () => {
  const comparison = {
    baselineCostPico: usd('8'),
    agentCostPico: usd('1.2'),
    handOffCostPico: usd('9'),
    agentEscapedErrorPpm: 30_000n,
    baselineEscapedErrorPpm: 20_000n,
    lossPico: usd('50'),
  };
  expect(breakEvenSuccess(comparison).toFixed(2)).toBe('0.30');
  expect(breakEvenSuccess({ ...comparison, agentCostPico: usd('20') })).toBeGreaterThan(1);
  expect(() => breakEvenSuccess({ ...comparison, handOffCostPico: 0n })).toThrow(RangeError);
});

test('T7.3, T7.3p: 4.68 against 9.00 saves 4.32: 27,778 cases, 5.17 months, prices may rise 5.8-fold', () => {
  const agent = qualityAdjustedCost(
    handling({
      processCostPico: usd('1.2'),
      handOffPpm: 220_000n,
      handOffCostPico: usd('9'),
      escapedErrorPpm: 30_000n,
      lossPico: usd('50'),
    }),
  );
  const baseline = qualityAdjustedCost(
    handling({ processCostPico: usd('8'), escapedErrorPpm: 20_000n, lossPico: usd('50') }),
  );
  const saving = baseline - agent;
  expect([agent, baseline, saving].map(formatPico)).toEqual(['4.68', '9', '4.32']);
  expect(breakEvenVolume(usd('120000'), saving)).toBe(27_778n);
  expect(paybackMonths(usd('60000'), 5000n, saving, usd('10000'))!.toFixed(2)).toBe('5.17');
  expect(priceHeadroom(saving, usd('0.9'))!.toFixed(1)).toBe('5.8');
});

test('what earns nothing is never paid back', () => {
  expect(breakEvenVolume(usd('1'), 0n)).toBeNull();
  expect(paybackMonths(usd('1'), 10n, usd('1'), usd('10'))).toBeNull();
  expect(priceHeadroom(usd('1'), 0n)).toBeNull();
});

test('T7.4: 12,000 cases at 400 a person before, with 24 people now: 6 hires avoided', () => {
  expect(avoidedHires(12_000, 400, 24)).toBe(6);
  expect(avoidedHires(12_000, 0, 24)).toBeNull();
});

test('T7.6: $2 easy and $9 hard are $4.10 at 70 to 30 and $6.20 at 40 to 60', () => {
  const costs = [usd('2'), usd('9')];
  expect([standardisedCost([70n, 30n], costs), standardisedCost([40n, 60n], costs)].map(formatPico)).toEqual([
    '4.1',
    '6.2',
  ]);
  expect(standardisedCost([1n, 0n], [usd('2'), null])).toBe(usd('2'));
  expect(() => standardisedCost([1n, 1n], [usd('2'), null])).toThrow('stratum 2 has cases and no known cost');
  expect(() => standardisedCost([0n], costs)).toThrow(RangeError);
});
