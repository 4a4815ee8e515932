import type { CounterPoint } from '#model';
import { describe, expect, test } from '@jest/globals';
import { isKnownCounter, readCounter } from './counters.ts';
import { toAttributes } from './testing/make-span.ts';

const point = (
  metric: string,
  attributes: Record<string, unknown>,
  value: CounterPoint['value'],
  more: Partial<CounterPoint> = {},
): CounterPoint => ({
  position: 0,
  metric,
  isMonotonic: true,
  temporality: 'delta',
  startNs: 1n,
  timeNs: 2n,
  value,
  attributes: toAttributes(attributes),
  resource: { attributes: toAttributes({ 'service.name': 'claude-code' }) },
  resourceId: Buffer.alloc(16),
  scopeId: Buffer.alloc(16),
  ...more,
});
const OUTPUT = ['out_text', 'reasoning', 'audio_out', 'image_out'];
const UNCACHED = ['in_uncached', 'audio_in', 'image_in'];

describe('readCounter', () => {
  test.each([
    ['claude_code.token.usage', { type: 'input', model: 'm' }, 5n, 'tokens', 'input', UNCACHED, '5'],
    ['claude_code.token.usage', { type: 'output', model: 'm' }, 7, 'tokens', 'output', OUTPUT, '7'],
    [
      'claude_code.token.usage',
      { type: 'cacheCreation', model: 'm' },
      9n,
      'tokens',
      'cacheCreation',
      ['cache_write_5m', 'cache_write_1h', 'cache_write_unk'],
      '9',
    ],
    ['claude_code.cost.usage', { model: 'm' }, 0.0670615, 'cost_usd', 'cost', [], '0.0670615'],
    ['codex.turn.cost_microusd', { model: 'm' }, 67_061.5, 'cost_usd', 'cost', [], '0.0670615'],
    [
      'gen_ai.client.token.usage',
      { 'gen_ai.token.type': 'output', 'gen_ai.response.model': 'm', 'gen_ai.request.model': 'alias' },
      12,
      'tokens',
      'output',
      OUTPUT,
      '12',
    ],
    [
      'gemini_cli.token.usage',
      { type: 'thought', model: 'm' },
      57n,
      'tokens',
      'thought',
      ['reasoning'],
      '57',
    ],
    ['gemini_cli.token.usage', { type: 'tool', model: 'm' }, 3n, 'tokens', 'tool', [], '3'],
    ['codex.turn.token_usage', { token_type: 'new_kind', model: 'm' }, 1, 'tokens', 'new_kind', [], '1'],
    ['claude_code.token.usage', { model: 'm' }, 1n, 'tokens', 'unknown', [], '1'],
  ] as const)('%s %j', (metric, attributes, value, quantity, tokenClass, buckets, read) => {
    expect(readCounter(point(metric, attributes, value))).toEqual({
      quantity,
      tokenClass,
      buckets,
      service: 'claude-code',
      model: 'm',
      session: null,
      value: read,
    });
  });

  test.each([
    ['a fall', -1n],
    ['a fraction of a token', 1.5],
    ['NaN', NaN],
    ['a histogram without a sum', null],
    ['beyond 2^53', 2n ** 60n],
  ])('%s is no count', (_name, value) => {
    expect(readCounter(point('claude_code.token.usage', { type: 'input' }, value))).toBe('not_a_count');
  });

  test('a sum that may fall is no count; other metrics are not ours', () => {
    expect(readCounter(point('claude_code.token.usage', { type: 'input' }, 1n, { isMonotonic: false }))).toBe(
      'not_a_count',
    );
    expect(readCounter(point('http.server.duration', {}, 1n))).toBeNull();
    expect([isKnownCounter('http.server.duration'), isKnownCounter('claude_code.cost.usage')]).toEqual([
      false,
      true,
    ]);
  });

  test('a class with a name that objects have', () => {
    expect(readCounter(point('claude_code.token.usage', { type: 'constructor' }, 1n))).toMatchObject({
      tokenClass: 'constructor',
      buckets: [],
    });
  });
});
