import { Module, StandardSchemaSerializerInterceptor, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE, DiscoveryModule } from '@nestjs/core';
import { Registry } from 'prom-client';
import { HealthController, READINESS_CHECKS, type ReadinessChecks } from './health.controller.ts';
import { KeyAuthentication } from './key-authentication.ts';
import { KeyGuard } from './key.guard.ts';
import { MetricsController } from './metrics.controller.ts';
import { ProblemFilter } from './problem.filter.ts';
import { LOGGER, type ProcessLogger } from './process-logger.ts';
import { RouteRoleCheck } from './route-role-check.ts';
import { schemaPipe } from './schema-pipe.ts';

export interface ServerParts {
  readonly keys: KeyAuthentication;
  readonly metrics: Registry;
  readonly checks: ReadinessChecks;
  readonly logger: ProcessLogger;
}

/**
 * What every app's HTTP server has: the key guard, problem details, zod validation of inputs and outputs, health
 * and metrics. All are module providers, so a test that imports the module runs the same server as main.
 */
@Module({})
export class ServerModule {
  static with(parts: ServerParts): DynamicModule {
    return {
      module: ServerModule,
      global: true,
      imports: [DiscoveryModule],
      controllers: [HealthController, MetricsController],
      providers: [
        { provide: KeyAuthentication, useValue: parts.keys },
        { provide: Registry, useValue: parts.metrics },
        { provide: READINESS_CHECKS, useValue: parts.checks },
        { provide: LOGGER, useValue: parts.logger },
        { provide: APP_GUARD, useClass: KeyGuard },
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_PIPE, useFactory: schemaPipe },
        { provide: APP_INTERCEPTOR, useClass: StandardSchemaSerializerInterceptor },
        RouteRoleCheck,
      ],
      exports: [KeyAuthentication, Registry, LOGGER],
    };
  }
}
