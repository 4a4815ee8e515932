import type { Command } from 'commander';
import { readConfig } from '#config';
import { logToStdout, type ProcessLogger } from '#server';
import { hostToAsk, startService, type Service } from '../service/start-service.ts';

export function addUp(program: Command): void {
  program
    .command('up')
    .description('run the service: PostgreSQL (unless DATABASE_URL is set), ingest, worker and api')
    .action(runUp);
}

/** Runs until SIGTERM or SIGINT, finishes what was accepted, and sets exit code 0. */
async function runUp(): Promise<void> {
  const config = readConfig();
  const logger = logToStdout('up');
  const human = process.stdout.isTTY;
  const stopped = nextSignal();
  const onFirstKey = (secret: string) => showFirstKey(secret, logger, human);
  const writeLine = (line: string) => void process.stdout.write(`${line}\n`);
  const starting = startService({ config, env: process.env, logger, human, onFirstKey, writeLine });
  const service = await Promise.race([starting, stopped.then(() => null)]);
  if (service === null) {
    // Asked to stop while starting: what is half started is finished, then stopped.
    await starting.then((late) => late.stop());
    return;
  }
  announce(service, config.bind, config.dataDir, logger, human);
  const reason = await Promise.race([stopped, service.failed.catch((error: unknown) => error)]);
  logger.log('stopping', { reason });
  process.once('SIGINT', () => process.exit(1));
  const { isClean } = await service.stop();
  logger.log('stopped', { isClean });
  if (reason instanceof Error || !isClean) process.exitCode = 1;
}

/** @returns the first signal that asks this process to end */
export function nextSignal(): Promise<string> {
  return new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
    process.once('SIGHUP', resolve);
  });
}

/** Once in the life of the data. */
function showFirstKey(secret: string, logger: ProcessLogger, human: boolean): void {
  if (human)
    process.stdout.write(`\nThe first admin key, of tenant default; it is not shown again:\n  ${secret}\n\n`);
  else logger.warn('the first admin key, shown this once', { tenant: 'default', adminKey: secret });
}

/** Says where everything is. */
function announce(
  service: Service,
  bind: string,
  dataDir: string,
  logger: ProcessLogger,
  human: boolean,
): void {
  const { OL_API_PORT, OL_OTLP_HTTP_PORT, OL_OTLP_GRPC_PORT, OL_WORKER_PORT } = service.ports;
  const host = hostToAsk(bind);
  const places = {
    api: `http://${host}:${OL_API_PORT}`,
    console: `http://${host}:${OL_API_PORT}/console/`,
    docs: `http://${host}:${OL_API_PORT}/docs`,
    otlpHttp: `http://${host}:${OL_OTLP_HTTP_PORT}`,
    otlpGrpc: `http://${host}:${OL_OTLP_GRPC_PORT}`,
    workerHealth: `http://${host}:${OL_WORKER_PORT}/health/ready`,
    data: dataDir,
    database: withoutPassword(service.connection),
  };
  if (!human) {
    logger.log('ready', places);
    return;
  }
  const lines = [
    '',
    'Outcome Ledger is ready.',
    `  console        ${places.console}`,
    `  API, docs      ${places.api}   ${places.docs}`,
    `  OTLP           ${places.otlpHttp} (HTTP)   ${places.otlpGrpc} (gRPC)`,
    `  worker health  ${places.workerHealth}`,
    `  data           ${places.data}`,
    `  database       ${places.database}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n\n`);
}

function withoutPassword(connection: string): string {
  const url = new URL(connection);
  if (url.password !== '') url.password = '***';
  return url.href;
}
