import { Readable } from 'node:stream';
import { canonicalJson } from '#evidence';
import type { Principal } from '#server';
import type { Client, PreviewRule } from '#store';
import type { z } from 'zod';
import { askedOf } from '../ledger/renormalisation-bodies.ts';
import { readPriceBookRequest, toPreviewed } from '../settings/price-book-request.ts';
import type { PriceBookQuery } from '../settings/price-book-bodies.ts';
import { Json } from '../wire.ts';
import { PreviewBody, ruleOf, ruleOfPrices } from './preview-bodies.ts';
import { previewDigest, type PreviewKind } from './preview-kind.ts';

/** A change as it is asked about, read and checked as far as its body goes. */
export interface PreviewRequest {
  readonly kind: PreviewKind;
  readonly digest: Buffer;
  /** JSON text, for people. */
  readonly body: string;
  /** What it would record, as of now. @throws RejectedInput as the endpoint that records it */
  readonly ruleOf: (client: Client, caller: Principal, nowUs: bigint) => Promise<PreviewRule>;
}

/**
 * @param body parsed JSON, or the stream of a price list as CSV
 * @param engine version by which spans would be read
 * @throws ZodError or RejectedInput naming the field and the rule
 */
export async function readPreviewRequest(
  body: unknown,
  query: Pick<z.infer<typeof PriceBookQuery>, 'book' | 'source' | 'mode'>,
  maxBytes: number,
  engine: string,
): Promise<PreviewRequest> {
  const asked = body instanceof Readable ? null : PreviewBody.parse(body);
  if (asked?.kind === 'renormalisation') {
    const its = askedOf(asked.body, engine);
    return {
      kind: asked.kind,
      digest: previewDigest(asked.kind, its),
      body: canonicalJson({ ...its }),
      ruleOf: () => Promise.resolve({ type: 'renormalise', ...its }),
    };
  }
  if (asked !== null && asked.kind !== 'price_book')
    return {
      kind: asked.kind,
      digest: previewDigest(asked.kind, asked.body),
      body: canonicalJson(Json.parse(asked.body)),
      ruleOf: (client, caller, nowUs) => ruleOf(client, caller, asked, nowUs),
    };
  const given = asked === null ? body : asked.body;
  const list = await readPriceBookRequest(given, { ...query, dryRun: false }, maxBytes);
  const { book, source, mode, imported } = list;
  const { rows } = imported;
  const named = { book, source, mode, rows };
  return {
    kind: 'price_book',
    digest: previewDigest('price_book', toPreviewed(named, mode)),
    body: canonicalJson({ book, source, mode, rowCount: rows.length, refused: imported.refused.length }),
    ruleOf: (client, caller) => ruleOfPrices(client, caller, named),
  };
}
