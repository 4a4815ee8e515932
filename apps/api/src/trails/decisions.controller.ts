import { Caller, RequireRole, type Principal } from '#server';
import { asTenant } from '#store';
import { Body, Controller, Inject, Post, SerializeOptions } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { DecisionView, NewDecisionBody, NewOverrideBody } from './decision-bodies.ts';
import { tellDecision } from './record-decision.ts';

/** How it was decided, told after the fact. */
@ApiTags('trails')
@Controller('v1')
export class DecisionsController {
  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {}

  @Post('decisions')
  @RequireRole('spans', 'outcomes', 'analyst')
  @SerializeOptions({ schema: DecisionView })
  @ApiOperation({
    summary: 'Tell which rule, exception or precedent was applied, or what became of a document',
    description:
      'For what the agent could not say in its spans. Recorded for ever with who and when, sealed in the evidence log; ' +
      'idempotent by decisionId.',
  })
  @ApiResponse({ status: 201, standardSchema: DecisionView })
  decide(
    @Body({ schema: NewDecisionBody }) body: NewDecisionBody,
    @Caller() caller: Principal,
  ): Promise<z.infer<typeof DecisionView>> {
    const { kind, id, version = null, result = null, reasonCode: reason = null, note = null } = body;
    return asTenant(this.api.db, caller.tenantId, (client) =>
      tellDecision(
        client,
        caller,
        body,
        { kind, id, version, result, from: null, reason },
        note,
        this.api.nowUs(),
      ),
    );
  }

  @Post('overrides')
  @RequireRole('outcomes', 'analyst', 'approver')
  @SerializeOptions({ schema: DecisionView })
  @ApiOperation({
    summary: 'Tell that a person overrode the agent',
    description: 'Who is the principal of the key: an agent’s own key cannot tell it.',
  })
  @ApiResponse({ status: 201, standardSchema: DecisionView })
  override(
    @Body({ schema: NewOverrideBody }) body: NewOverrideBody,
    @Caller() caller: Principal,
  ): Promise<z.infer<typeof DecisionView>> {
    const { from, to, reasonCode: reason = null } = body;
    const decision = { kind: 'override', id: to, version: null, result: null, from, reason } as const;
    return asTenant(this.api.db, caller.tenantId, (client) =>
      tellDecision(client, caller, body, decision, body.reason, this.api.nowUs()),
    );
  }
}
