import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { setTimeout as sleep } from 'node:timers/promises';
import { Public } from './route-roles.ts';

export const READINESS_CHECKS = Symbol('readiness checks');

/** Named probes of what the process needs (`database`, ...); a probe that throws is not ready. */
export type ReadinessChecks = Readonly<Record<string, () => Promise<unknown>>>;

const CHECK_LIMIT_MS = 2000;

@Controller('health')
@Public()
export class HealthController {
  constructor(@Inject(READINESS_CHECKS) private readonly checks: ReadinessChecks) {}

  /** The process runs and answers. */
  @Get('live')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** Everything the process needs answers: 200, else 503; the body names each check. */
  @Get('ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<unknown> {
    const results = await Promise.all(
      Object.entries(this.checks).map(async ([name, check]) => [name, await outcomeOf(check)] as const),
    );
    const isReady = results.every(([, result]) => result === 'ok');
    if (!isReady) void reply.status(503);
    return { status: isReady ? 'ok' : 'unavailable', checks: Object.fromEntries(results) };
  }
}

async function outcomeOf(check: () => Promise<unknown>): Promise<'ok' | 'failed' | 'timed out'> {
  const late = Symbol('late');
  try {
    const result = await Promise.race([check(), sleep(CHECK_LIMIT_MS, late, { ref: false })]);
    return result === late ? 'timed out' : 'ok';
  } catch {
    return 'failed';
  }
}
