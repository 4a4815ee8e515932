import { inTransaction, makeTracesDue } from '#store';
import type { ClaimsOffice } from './claims-office.ts';
import { day, POOLS_TWICE, RATES } from './office-with-history.ts';

export const definition = (verbs: object) => ({ outcomeType: 'claim.processed', verbs });
/** Changes of each kind: in words, the kind, the endpoint that records it, and the body. */
export const CHANGES: [string, string, string, (office: ClaimsOffice) => object | Promise<object>][] = [
  [
    'a key mapping that joins traces which nothing joined',
    'key_mapping',
    '/v1/key-mappings',
    () => ({ name: 'mine', validFrom: null, rule: { attribute: 'my.claim', kind: 'claim' } }),
  ],
  [
    'a manual link',
    'link',
    '/v1/links',
    (office) => ({
      action: 'link',
      workItem: { kind: 'claim', key: 'C1' },
      traceId: office.traceId('lost'),
      reason: 'the adjuster says so',
    }),
  ],
  [
    'a placement policy',
    'policy',
    '/v1/policies',
    () => ({
      name: 'placement',
      validFrom: null,
      rule: { retry: 'carry', reopened: 'carry', afterOutcome: 'carry' },
    }),
  ],
  [
    'a new kind of work item',
    'definition',
    '/v1/definitions',
    () => ({
      name: 'batch',
      validFrom: null,
      rule: { outcomeType: 'batch.done', verbs: { done: 'achieved' } },
    }),
  ],
  [
    'an overhead policy',
    'policy',
    '/v1/policies',
    () => ({
      name: 'overhead',
      validFrom: null,
      rule: {
        pools: [{ pool: 'batches', match: { source: 'span', attribute: 'batch.id', equals: 'B1' } }],
      },
    }),
  ],
  ['a labour rate', 'policy', '/v1/policies', () => RATES('45.50', null)],
  ['a pool', 'policy', '/v1/policies', () => POOLS_TWICE],
  [
    'an outcome definition',
    'definition',
    '/v1/definitions',
    () => ({ name: 'claim', validFrom: null, rule: definition({ processed: 'failed', failed: 'achieved' }) }),
  ],
  [
    'a price',
    'price_book',
    '/v1/price-books',
    () => ({
      book: 'pb',
      source: 'contract',
      format: 'rows',
      rows: [{ provider: 'prov', model: 'm', prices: { in_uncached: '3000000', out_text: '1500000' } }],
    }),
  ],
  [
    'spans read again by another version',
    'renormalisation',
    '/v1/renormalisations',
    async (office) => {
      await readOtherwise(office);
      return { from: day(3, '').slice(0, 10), to: day(2, '').slice(0, 10), reason: 'it counts all tokens' };
    },
  ],
  [
    'a model alias',
    'model_aliases',
    '/v1/model-aliases',
    () => ({ aliases: [{ name: 'm', provider: 'prov', means: { provider: 'prov', model: 'other' } }] }),
  ],
];

/** What an engine left that had counted fewer tokens in one trace, and found no claim in another. */
async function readOtherwise({ service, tenant: { tenantId }, traceId }: ClaimsOffice): Promise<void> {
  const traces = { fewer: traceId('again'), nameless: traceId('too') };
  const { db } = service.database;
  await db.query(
    `UPDATE steps SET record = replace(record, '"in_uncached":"19900"', '"in_uncached":"9"')
      WHERE tenant_id = $1 AND trace_id = $2::uuid`,
    [tenantId, traces.fewer],
  );
  await db.query(
    `UPDATE steps SET record = regexp_replace(record, '"workItemKeys":\\[[^]]*\\]', '"workItemKeys":[]')
      WHERE tenant_id = $1 AND trace_id = $2::uuid`,
    [tenantId, traces.nameless],
  );
  await db.query(
    `DELETE FROM trace_refs WHERE tenant_id = $1 AND trace_id = $2::uuid AND ref LIKE 'claim:%'`,
    [tenantId, traces.nameless],
  );
  const due = Object.values(traces).map((id) => ({ traceId: id, cause: 'before', renormalise: false }));
  await inTransaction(db, (client) => makeTracesDue(client, tenantId, due));
  await service.settle();
}
