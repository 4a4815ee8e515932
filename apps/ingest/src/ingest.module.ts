import { Module, type DynamicModule } from '@nestjs/common';
import type { Limits } from '#config';
import { ServerModule, type ServerParts } from '#server';
import { LIMITS } from './limits.ts';
import { OtlpGrpcServer } from './otlp-grpc/otlp-grpc-server.ts';
import { OtlpController } from './otlp-http/otlp.controller.ts';
import { OtlpErrorFilter } from './otlp-http/otlp-error.filter.ts';
import { Receiver } from './receiver.ts';

/** The ingest process: OTLP in, over HTTP and gRPC, through one receiver. */
@Module({})
export class IngestModule {
  static with(parts: ServerParts, receiver: Receiver, limits: Limits): DynamicModule {
    return {
      module: IngestModule,
      imports: [ServerModule.with(parts)],
      controllers: [OtlpController],
      providers: [
        { provide: Receiver, useValue: receiver },
        { provide: LIMITS, useValue: limits },
        OtlpErrorFilter,
        OtlpGrpcServer,
      ],
    };
  }
}
