import { proveConsistency } from '#evidence';
import { RejectedInput } from '#model';
import { Caller, RequireRole, type Principal } from '#server';
import { asTenant, type Client, nodeReader, readCheckpoint, type SignedCheckpoint } from '#store';
import { Controller, Get, Inject, Param, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { proveLeaf, ProvenLeaf } from './proven-leaf.ts';

/** A place in a log, or its size: a whole number. */
const Count = z
  .string()
  .regex(/^(0|[1-9]\d{0,14})$/, 'must be a whole number from 0')
  .transform(Number);
const ProofQuery = z.object({
  size: Count.optional().meta({ description: 'Of a checkpoint that was signed; the newest otherwise' }),
  format: z.enum(['json', 'tlog-proof']).default('json'),
});
const ConsistencyQuery = z.object({ from: Count, to: Count.optional() });

const ConsistencyProof = z
  .object({
    from: z.number(),
    to: z.number(),
    hashes: z.array(z.base64()).meta({ description: 'RFC 6962 2.1.2' }),
    checkpoints: z.object({ from: z.string(), to: z.string() }).meta({ description: 'Signed notes' }),
  })
  .meta({ id: 'ConsistencyProof' });

@ApiTags('evidence')
@Controller('v1/proofs')
@RequireRole('auditor')
export class ProofsController {
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Get('consistency')
  @ApiOperation({ summary: 'That the log of one checkpoint is the beginning of the log of a later one' })
  @ApiResponse({ status: 200, standardSchema: ConsistencyProof })
  consistency(
    @Query({ schema: ConsistencyQuery }) { from, to }: z.infer<typeof ConsistencyQuery>,
    @Caller() { tenantId }: Principal,
  ): Promise<z.infer<typeof ConsistencyProof>> {
    return asTenant(this.api.db, tenantId, async (client) => {
      const older = await signedAt(client, tenantId, from);
      const newer = await signedAt(client, tenantId, to ?? null);
      if (older.size > newer.size)
        throw new RejectedInput(
          'invalid',
          `must not be over ${newer.size}, the size it is compared with`,
          'from',
        );
      const hashes = await proveConsistency(nodeReader(client, tenantId), older.size, newer.size);
      return {
        from: older.size,
        to: newer.size,
        hashes: hashes.map((hash) => hash.toString('base64')),
        checkpoints: { from: older.note, to: newer.note },
      };
    });
  }

  @Get(':leaf')
  @ApiOperation({
    summary: 'A leaf with the proof that it stands in the log, to be checked offline',
    description:
      '`format=tlog-proof` gives the proof alone as C2SP tlog-proof@v1 text, for a `.tlog-proof` file.',
  })
  @ApiProduces('application/json', 'text/plain')
  @ApiResponse({ status: 200, standardSchema: ProvenLeaf })
  async inclusion(
    @Param('leaf', { schema: Count }) leaf: number,
    @Query({ schema: ProofQuery }) { size, format }: z.infer<typeof ProofQuery>,
    @Caller() { tenantId }: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ProvenLeaf | string> {
    const proven = await asTenant(this.api.db, tenantId, async (client) =>
      proveLeaf(client, tenantId, leaf, await signedAt(client, tenantId, size ?? null)),
    );
    if (format === 'json') return proven;
    void reply.type('text/plain; charset=utf-8');
    return proven.proof;
  }
}

async function signedAt(client: Client, tenantId: bigint, size: number | null): Promise<SignedCheckpoint> {
  const checkpoint = await readCheckpoint(client, tenantId, size);
  if (checkpoint === null)
    throw new RejectedInput(
      'not_found',
      size === null ? 'nothing of this log was signed yet' : `no checkpoint of ${size} leaves was signed`,
    );
  return checkpoint;
}
