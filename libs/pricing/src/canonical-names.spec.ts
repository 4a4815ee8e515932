import { expect, test } from '@jest/globals';
import { canonicalModel, canonicalServiceTier, modelMatcher } from './canonical-names.ts';

test.each([
  ['gpt-4o-2024-08-06', 'openai/gpt-4o-2024-08-06'],
  ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude-sonnet-4-5@20250929'],
  ['anthropic/claude-sonnet-4.5', 'claude-sonnet-4-5'],
])('%s and %s are one model', (a, b) => {
  expect(canonicalModel(a)).toBe(canonicalModel(b));
});

test.each([
  [null, null],
  ['default', null],
  ['Batch', 'batch'],
  ['on_demand_priority', 'priority'],
  ['Scale', 'scale'],
])('the service tier %j is %j', (tier, expected) => {
  expect(canonicalServiceTier(tier)).toBe(expected);
});

test.each([
  ['gpt-4o-2024-08-06', ['gpt-4o-2024-08-06', 'gpt-4o-2024-05-13'], 'gpt-4o-2024-08-06'],
  ['gpt-4o', ['gpt-4o-2024-08-06'], 'gpt-4o-2024-08-06'],
  ['gpt-4o-2024-08-06', ['gpt-4o'], 'gpt-4o'],
  ['gpt-4o', ['gpt-4o-2024-08-06', 'gpt-4o-2024-05-13'], 'gpt-4o'],
  ['ft:gpt-4o-mini-2024-07-18:acme::x1', ['gpt-4o-mini'], 'ft:gpt-4o-mini-2024-07-18:acme::x1'],
  ['gpt-5', [], 'gpt-5'],
])('%s on the bill, %j in spans: %s', (name, own, expected) => {
  expect(modelMatcher(own)(name)).toBe(expected);
});
