import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { identifyModel } from './model-identity.ts';
import { canonicalProvider, providerOfFamily } from './provider-identity.ts';

const PROFILE =
  'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const FOUNDATION = 'arn:aws:bedrock:eu-west-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0';

// conventions D1, D2; M01, M03 to M06
test.each<[string, string, string | null, string | null]>([
  ['gpt-4o', 'gpt-4o', null, null],
  ['gpt-4o-2024-08-06', 'gpt-4o-2024-08-06', null, null],
  ['azure/gpt-4o-2024-08-06', 'gpt-4o-2024-08-06', 'azure', null],
  ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude-sonnet-4-5', 'aws', null],
  ['global.anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude-sonnet-4-5', 'aws', null],
  ['bedrock/eu.amazon.nova-lite-v1:0', 'nova-lite', 'aws', null],
  ['mistral.mistral-7b-instruct-v0:2', 'mistral-7b-instruct', 'aws', null],
  ['cohere.embed-english-v3', 'embed-english-v3', 'aws', null],
  [PROFILE, 'claude-sonnet-4-5', 'aws', null],
  [FOUNDATION, 'claude-3-haiku', 'aws', null],
  ['claude-sonnet-4-5@20250929', 'claude-sonnet-4-5', 'google', null],
  ['publishers/anthropic/models/claude-opus-4-1@20250805', 'claude-opus-4-1', 'google', 'anthropic'],
  [
    'projects/p/locations/global/publishers/google/models/gemini-2.5-pro',
    'gemini-2.5-pro',
    'google',
    'google',
  ],
  ['anthropic/claude-sonnet-4.5', 'claude-sonnet-4-5', null, 'anthropic'],
  ['openrouter/anthropic/claude-sonnet-4.5:thinking', 'claude-sonnet-4-5', 'openrouter', 'anthropic'],
  ['meta-llama/llama-3.3-70b-instruct:free', 'llama-3.3-70b-instruct:free', null, 'meta-llama'],
  ['models/gemini-2.5-pro', 'gemini-2.5-pro', null, null],
  ['accounts/fireworks/models/deepseek-v3', 'accounts/fireworks/models/deepseek-v3', 'fireworks', null],
  ['xai/grok-3', 'grok-3', null, 'x-ai'],
  ['ollama_chat/qwen2.5:7b', 'qwen2.5:7b', 'ollama', null],
  ['  GPT-4o ', 'gpt-4o', null, null],
])('%s is %s', (raw, canonicalName, gateway, vendor) => {
  expect(identifyModel(raw)).toMatchObject({ canonicalName, gateway, vendor, isFineTune: false });
});

test('names are tried from the one given to the most general', () => {
  expect(identifyModel('openrouter/anthropic/claude-sonnet-4.5').candidates.map((each) => each.name)).toEqual(
    [
      'openrouter/anthropic/claude-sonnet-4.5',
      'anthropic/claude-sonnet-4.5',
      'claude-sonnet-4.5',
      'claude-sonnet-4-5',
    ],
  );
  expect(identifyModel('gpt-5-20270101').candidates).toEqual([
    { name: 'gpt-5-20270101', assumption: null },
    { name: 'gpt-5-2027-01-01', assumption: null },
    {
      name: 'gpt-5',
      assumption: 'model gpt-5-20270101: snapshot not listed, priced as gpt-5',
    },
  ]);
  expect(identifyModel('us.openai.gpt-5.4').candidates).toEqual([
    { name: 'us.openai.gpt-5.4', assumption: null },
    { name: 'openai.gpt-5.4', assumption: 'region profile us: priced as openai.gpt-5.4' },
    { name: 'gpt-5.4', assumption: 'region profile us: priced as gpt-5.4' },
  ]);
});

test.each([
  ['ft:gpt-4o-mini-2024-07-18:acme::x1', ['ft:gpt-4o-mini-2024-07-18:acme::x1', 'ft:gpt-4o-mini-2024-07-18']],
  [
    'openai/ft:gpt-4.1-2025-04-14:acme::x1',
    ['openai/ft:gpt-4.1-2025-04-14:acme::x1', 'ft:gpt-4.1-2025-04-14:acme::x1', 'ft:gpt-4.1-2025-04-14'],
  ],
  ['gpt-4o-2024-08-06.ft-0123456789abcdef', ['gpt-4o-2024-08-06.ft-0123456789abcdef']],
])('the fine-tune %s never becomes its base model', (raw, names) => {
  const identity = identifyModel(raw);
  expect(identity.isFineTune).toBe(true);
  expect(identity.candidates.map((each) => each.name)).toEqual(names);
});

test.each(['application-inference-profile', 'provisioned-model', 'custom-model', 'imported-model'])(
  'an ARN of an %s names no model',
  (kind) => {
    const arn = `arn:aws:bedrock:us-east-1:123456789012:${kind}/abc123`;
    expect(identifyModel(arn)).toMatchObject({
      canonicalName: arn,
      candidates: [{ name: arn, assumption: null }],
      gateway: 'aws',
    });
  },
);

test('a name states the batch tier', () => {
  expect(identifyModel('gpt-4o:batch')).toMatchObject({
    canonicalName: 'gpt-4o',
    serviceTier: 'batch',
    candidates: [
      { name: 'gpt-4o:batch', assumption: null },
      { name: 'gpt-4o', assumption: null },
    ],
  });
});

test('any text is read: the name itself first, at most 20 candidates, none over 512 characters', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 600, unit: 'binary' }), (raw) => {
      const { candidates } = identifyModel(raw);
      const name = raw.trim().toLowerCase();
      if (name === '' || name.length > 512) expect(candidates).toEqual([]);
      else expect(candidates[0]).toEqual({ name, assumption: null });
    }),
  );
});

// conventions D3
test.each([
  ['openai', 'openai'],
  ['openai.responses', 'openai'],
  ['azure.ai.openai', 'azure'],
  ['azure-openai.chat', 'azure'],
  ['aws.bedrock', 'aws'],
  ['amazon-bedrock', 'aws'],
  ['gcp.vertex_ai', 'google'],
  ['google.vertex.anthropic.messages', 'google'],
  ['gcp.gemini', 'google'],
  ['x_ai', 'x-ai'],
  ['mistral_ai', 'mistral'],
  ['Anthropic', 'anthropic'],
  ['ollama', 'ollama'],
  ['strands-agents', null],
  ['gcp.vertex.agent', null],
  ['Langchain', null],
  ['litellm_proxy', null],
  ['', null],
  ['acme-inference', 'acme-inference'],
])('provider %s is %s', (name, provider) => expect(canonicalProvider(name)).toBe(provider));

test.each([
  ['claude-sonnet-4-5', 'anthropic'],
  ['gpt-4.1', 'openai'],
  ['gpt-oss-120b', null],
  ['o4-mini', 'openai'],
  ['gemini-2.5-pro', 'google'],
  ['grok-4', 'x-ai'],
  ['grok-1', null],
  ['deepseek-r1:7b', null],
  ['qwen2.5:7b', null],
  ['mistral-7b-instruct', null],
])('the family of %s is sold by %s alone', (model, provider) =>
  expect(providerOfFamily(model)).toBe(provider),
);
