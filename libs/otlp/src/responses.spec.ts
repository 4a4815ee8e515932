import { expect, test } from '@jest/globals';
import { decodeReference, encodeReference } from '../../../test/support/otlp-reference.ts';
import {
  encodeExportResponse,
  encodeExportResponseJson,
  encodeRpcStatus,
  encodeRpcStatusJson,
} from './index.ts';

test('full success is an empty message', () => {
  expect(encodeExportResponse({ rejected: 0, errorMessage: '' })).toEqual(Buffer.alloc(0));
  expect(encodeExportResponseJson('traces', { rejected: 0, errorMessage: '' })).toBe('{}');
});

test('a message without rejections is a warning', () => {
  const warning = { rejected: 0, errorMessage: '3 data points are not kept' };
  expect(decodeReference('ExportResponse', encodeExportResponse(warning))).toEqual({
    partialSuccess: { errorMessage: warning.errorMessage },
  });
  expect(encodeExportResponseJson('metrics', warning)).toBe(
    '{"partialSuccess":{"rejectedDataPoints":"0","errorMessage":"3 data points are not kept"}}',
  );
});

test.each([1, 127, 128, 300_000, 2 ** 40])('%s rejected', (rejected) => {
  const message = { rejected, errorMessage: `bad name: ü${'x'.repeat(200)}` };
  expect(decodeReference('ExportResponse', encodeExportResponse(message))).toEqual({
    partialSuccess: { rejected: String(rejected), errorMessage: message.errorMessage },
  });
});

test.each([
  ['traces', 'rejectedSpans'],
  ['logs', 'rejectedLogRecords'],
  ['metrics', 'rejectedDataPoints'],
] as const)('the JSON answer for %s counts in %s', (signal, field) => {
  expect(encodeExportResponseJson(signal, { rejected: 2, errorMessage: 'why' })).toBe(
    `{"partialSuccess":{"${field}":"2","errorMessage":"why"}}`,
  );
});

test.each([
  [0, {}, '0s'],
  [1500, { seconds: '1', nanos: 500_000_000 }, '1.500s'],
  [250, { nanos: 250_000_000 }, '0.250s'],
  [90_000, { seconds: '90' }, '90s'],
])('a status that says to retry after %s ms', (retryAfterMs, duration, text) => {
  const status = { code: 14, message: 'full', retryAfterMs };
  const typeUrl = 'type.googleapis.com/google.rpc.RetryInfo';
  expect(decodeReference('RpcStatus', encodeRpcStatus(status))).toEqual({
    code: 14,
    message: 'full',
    details: [{ typeUrl, value: encodeReference('RetryInfo', { retryDelay: duration }) }],
  });
  expect(JSON.parse(encodeRpcStatusJson(status))).toEqual({
    code: 14,
    message: 'full',
    details: [{ '@type': typeUrl, retryDelay: text }],
  });
});

test('a status without a delay', () => {
  const status = { code: 3, message: 'malformed protobuf' };
  expect(decodeReference('RpcStatus', encodeRpcStatus(status))).toEqual(status);
  expect(encodeRpcStatusJson(status)).toBe('{"code":3,"message":"malformed protobuf"}');
});
