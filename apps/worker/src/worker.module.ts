import { Module, type DynamicModule } from '@nestjs/common';
import { ServerModule, type ServerParts } from '#server';

/** The worker has no routes of its own: health and metrics. */
@Module({})
export class WorkerModule {
  static with(parts: ServerParts): DynamicModule {
    return { module: WorkerModule, imports: [ServerModule.with(parts)] };
  }
}
