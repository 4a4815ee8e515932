import type { Config, Limits } from '#config';
import { createHttpApp, createMetrics, KeyAuthentication, type ProcessLogger, type Running } from '#server';
import { openDatabase, readApiKey, RecordIdKeys, SpanAppender, type AppendSettings } from '#store';
import { ContentRules } from './content-rules.ts';
import { IngestMetrics } from './ingest-metrics.ts';
import { IngestModule } from './ingest.module.ts';
import { MetricsIntake } from './metrics-intake.ts';
import { leaveBodiesUnread } from './otlp-http/receive-body.ts';
import { OtlpGrpcServer } from './otlp-grpc/otlp-grpc-server.ts';
import { Receiver } from './receiver.ts';
import { TenantLimits } from './tenant-limits.ts';
import { TenantShares } from './tenant-shares.ts';

/** How long the start waits for the connections that spans are stored over. */
const CONNECT_MS = 10_000;

export interface RunningIngest extends Running {
  readonly httpPort: number;
  readonly grpcPort: number;
}

/**
 * Starts OTLP over HTTP and gRPC. Ready when both listen.
 *
 * @throws Unavailable where the database cannot be reached at the start (later losses are answered with 503 and
 *   mended by themselves); Error where a port is taken
 */
export async function startIngest(config: Config, logger: ProcessLogger): Promise<RunningIngest> {
  if (config.databaseUrl === null) throw new Error('DATABASE_URL is not set');
  const db = await openDatabase(config.databaseUrl, {
    maxConnections: config.limits.databaseConnections,
    applicationName: 'outcome-ledger ingest',
  });
  const keys = new KeyAuthentication((secretHash) => readApiKey(db, secretHash));
  const registry = createMetrics('ingest');
  const metrics = new IngestMetrics(registry, logger);
  const limits = withRoomForOthers(config.limits);
  const settings = toAppendSettings({ ...config, limits });
  const appender = SpanAppender.start(db, settings, metrics);
  const metricsIntake = new MetricsIntake(db, settings, metrics);
  const tenantLimits = new TenantLimits(db, Date.now, (error) =>
    logger.warn('the limits of tenants could not be read', { error }),
  );
  await tenantLimits.refresh();
  const shares = new TenantShares({
    maxBytes: limits.waitingBytes,
    maxRequests: limits.waitingRequests,
    limitOf: tenantLimits.of,
    nowMs: Date.now,
  });
  const recordIdKeys = new RecordIdKeys(db, config.keyDir);
  const rules = new ContentRules(db);
  const receiver = new Receiver(appender, rules, recordIdKeys, metricsIntake, metrics, limits, shares);
  metrics.watch(appender, receiver);
  const parts = {
    keys,
    metrics: registry,
    logger,
    checks: { database: () => db.query('SELECT 1'), append: () => appender.assertReachable() },
  };
  const app = await createHttpApp(IngestModule.with(parts, receiver, config.limits), {
    maxBodyBytes: config.limits.bodyBytes,
    logger,
    prepare: leaveBodiesUnread,
  });
  const grpc = app.get(OtlpGrpcServer);
  // Where it fails now, the answer until it stands is 503; that is no reason not to start.
  await appender
    .connected(CONNECT_MS)
    .catch((error: unknown) => logger.warn('starts without storage', { error }));
  // Spans need no key: only log records are answered with 503 while it is missing.
  await Promise.resolve(recordIdKeys.hashes()).catch((error: unknown) =>
    logger.warn('starts without the key that ids of log records follow from', { error }),
  );
  await app.listen(config.otlpHttpPort, config.bind);
  const grpcPort = await grpc.listen(config.bind, config.otlpGrpcPort);
  const address = app.getHttpServer().address();
  const httpPort = typeof address === 'object' && address !== null ? address.port : config.otlpHttpPort;
  logger.log('listening', { bind: config.bind, httpPort, grpcPort });
  return {
    httpPort,
    grpcPort,
    stop: async () => {
      await receiver.drain();
      await grpc.close();
      await app.close();
      await appender.close();
      await db.close();
    },
  };
}

/**
 * The limits of what may wait hold for one tenant alone; all together may hold a quarter more, so that there is room for
 * another beside one that takes all it can (`TenantShares`).
 */
function withRoomForOthers(limits: Limits): Limits {
  const { waitingBytes, waitingRequests } = limits;
  return { ...limits, waitingBytes: waitingBytes * 1.25, waitingRequests: waitingRequests * 1.25 };
}

function toAppendSettings({ limits, ...config }: Config): AppendSettings {
  return {
    traceQuietMs: config.traceQuietMs,
    traceMaxWaitMs: config.traceMaxWaitMs,
    spanMaxAgeDays: config.spanMaxAgeDays,
    commitBufferBytes: limits.commitBufferBytes,
    maxWaitingBytes: limits.waitingBytes,
    maxWaitingRequests: limits.waitingRequests,
    maxSpansPerRequest: limits.spansPerRequest,
    maxSpanBytes: limits.spanBytes,
    maxNameBytes: limits.nameBytes,
    maxAttributes: limits.attributes,
    maxDepth: limits.depth,
  };
}
