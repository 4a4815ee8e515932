import { RejectedInput } from '#model';
import { Caller, RequireRole, type Principal } from '#server';
import { asTenant, readCheckpoint, readReceipt, type Receipt } from '#store';
import { Controller, Get, Inject, Param, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { formatWireTime, Time } from '../wire.ts';
import { proveLeaf, ProvenLeaf } from './proven-leaf.ts';

const BatchId = z.uuid();
const ReceiptQuery = z.strictObject({
  format: z.enum(['json', 'tlog-proof']).default('json').meta({
    description:
      'tlog-proof: the proof of its leaf alone, as C2SP tlog-proof text with the signed checkpoint; 409 till then',
  }),
});
const ReceiptView = z
  .object({
    batch: z.uuid(),
    signal: z.string(),
    receivedAt: Time,
    key: z.uuid().meta({ description: 'Key that sent it' }),
    digest: z.hex().meta({ description: 'SHA-256 over a salt and the length-prefixed spans in wire order' }),
    redaction: z.string().nullable().meta({
      description: 'Policy by which content was taken out before it was stored and hashed; null: none was',
    }),
    isOpenable: z.boolean().meta({
      description:
        'Whether the digest can be opened; its salt is destroyed with content that is erased or expired',
    }),
    received: z.number(),
    stored: z.number(),
    duplicate: z.number(),
    conflicting: z.number(),
    rejected: z.number(),
    state: z
      .enum(['waiting', 'sealed', 'signed'])
      .meta({ description: 'waiting: stored durably, not yet in the log; signed: under a checkpoint' }),
    leaf: ProvenLeaf.nullable().meta({ description: 'The receipt itself, once it is signed' }),
  })
  .meta({ id: 'Receipt' });

@ApiTags('evidence')
@Controller('v1/receipts')
export class ReceiptsController {
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Get(':batch')
  @RequireRole('spans', 'auditor')
  @ApiOperation({
    summary: 'What became of an export request',
    description:
      'The batch id stands in the answer to the export. Once signed, the leaf with its proof is the receipt that ' +
      'the sender keeps: every received span is counted in it as stored, duplicate, conflicting or rejected.',
  })
  @ApiProduces('application/json', 'text/plain')
  @ApiResponse({ status: 200, standardSchema: ReceiptView })
  async read(
    @Param('batch', { schema: BatchId }) batchId: string,
    @Query({ schema: ReceiptQuery }) { format }: z.infer<typeof ReceiptQuery>,
    @Caller() { tenantId }: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.infer<typeof ReceiptView> | string> {
    const view = await this.view(tenantId, batchId);
    if (format === 'json') return ReceiptView.parse(view);
    if (view.leaf === null)
      throw new RejectedInput('conflict', `batch ${batchId} is ${view.state}, and not signed yet`);
    void reply.type('text/plain; charset=utf-8');
    return view.leaf.proof;
  }

  private view(tenantId: bigint, batchId: string): Promise<z.infer<typeof ReceiptView>> {
    return asTenant(this.api.db, tenantId, async (client) => {
      const receipt = await readReceipt(client, tenantId, batchId);
      if (receipt === null) throw new RejectedInput('not_found', `there is no batch ${batchId}`);
      const checkpoint = await readCheckpoint(client, tenantId);
      const { leafIndex } = receipt;
      if (leafIndex === null) return { ...toView(receipt), state: 'waiting' as const, leaf: null };
      if (checkpoint === null || leafIndex >= checkpoint.size)
        return { ...toView(receipt), state: 'sealed' as const, leaf: null };
      const leaf = await proveLeaf(client, tenantId, leafIndex, checkpoint);
      return { ...toView(receipt), state: 'signed' as const, leaf };
    });
  }
}

function toView(receipt: Receipt): Omit<z.infer<typeof ReceiptView>, 'state' | 'leaf'> {
  const { batchId, receivedAtUs, keyId, digest, leafIndex: _, ...counts } = receipt;
  return {
    ...counts,
    batch: batchId,
    receivedAt: formatWireTime(receivedAtUs),
    key: keyId,
    digest: digest.toString('hex'),
  };
}
