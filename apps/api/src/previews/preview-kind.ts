import { createHash } from 'node:crypto';
import { canonicalJson } from '#evidence';
import { z } from 'zod';
import { Json } from '../wire.ts';

/** Changes that can be asked about before they are recorded, by the endpoint that records each. */
export const PREVIEW_KINDS = [
  'price_book', // POST /v1/price-books
  'self_hosted_rate', // POST /v1/self-hosted-rates
  'model_aliases', // POST /v1/model-aliases
  'fx_rates', // POST /v1/fx-rates
  'definition', // POST /v1/definitions
  'policy', // POST /v1/policies
  'key_mapping', // POST /v1/key-mappings
  'link_calibration', // POST /v1/link-calibrations
  'link', // POST /v1/links
  'renormalisation', // POST /v1/renormalisations
] as const;
export type PreviewKind = (typeof PREVIEW_KINDS)[number];

/**
 * Names a request: SHA-256 of the RFC 8785 text of `{kind, body}`. Two requests that mean the same, whatever was left
 * out because it is the default, have the same digest.
 *
 * @param body as its schema read it; of a price list its book, source, mode and rows
 * @returns 32 bytes
 */
export const previewDigest = (kind: PreviewKind, body: unknown): Buffer =>
  createHash('sha256')
    .update(canonicalJson({ kind, body: Json.parse(body) }))
    .digest();

/** Of every endpoint that records what can be previewed. */
export const PreviewQuery = z.object({
  previewId: z.guid().optional().meta({
    description:
      'Record only what this preview showed: 409 where the body is another one, or the preview is not done or is over',
  }),
});
