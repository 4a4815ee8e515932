import { Catch, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import { InvalidFields } from './schema-pipe.ts';
import { LOGGER, type ProcessLogger } from './process-logger.ts';
import { invalidFields, toProblem } from './problem.ts';

/** Answers every error as RFC 9457 problem details and logs those that are ours. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: ProcessLogger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    const request = http.getRequest<FastifyRequest>();
    const instance = `urn:uuid:${randomUUID()}`;
    const problem = error instanceof InvalidFields ? invalidFields(error.issues) : toProblem(error, instance);
    if (problem.status >= 500)
      this.logger.error('request failed', {
        instance,
        method: request.method,
        // Its pattern: the path itself names work items.
        route: request.routeOptions.url,
        error,
      });
    if (reply.sent) return;
    if (problem.status === 401) void reply.header('www-authenticate', 'Bearer realm="outcome-ledger"');
    if (problem.retryAfterSeconds !== undefined) void reply.header('retry-after', problem.retryAfterSeconds);
    void reply
      .status(problem.status)
      .header('content-type', 'application/problem+json')
      .send(Buffer.from(JSON.stringify(problem)));
  }
}
