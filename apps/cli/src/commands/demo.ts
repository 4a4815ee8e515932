import type { Command } from 'commander';
import { readConfig } from '#config';
import { ProcessLogger } from '#server';
import { runDemo } from '../demo/run-demo.ts';
import { hostToAsk, startService, type Service } from '../service/start-service.ts';
import { nextSignal } from './up.ts';

/** Waiting for late spans is for agents that work while we watch; the spans of the demo come all at once. */
const TRACE_QUIET_MS = 200;
/** The month of the demo may lie long ago. */
const SPAN_MAX_AGE_DAYS = 36_500;

export function addDemo(program: Command): void {
  program
    .command('demo')
    .description(
      'run the service, send a month of simulated work into the tenant demo, and show what it cost',
    )
    .option('--exit', 'stop when the figures are shown')
    .action((options: { exit?: true }) => showDemo(options.exit === true));
}

/** The figures go to standard output; what happens meanwhile, to standard error. */
async function showDemo(isOnce: boolean): Promise<void> {
  const env = {
    ...process.env,
    TRACE_QUIET_MS: String(TRACE_QUIET_MS),
    SPAN_MAX_AGE_DAYS: String(SPAN_MAX_AGE_DAYS),
  };
  const config = readConfig(env);
  const logger = new ProcessLogger({ process: 'demo', human: true, write: showIfGrave });
  const stopped = nextSignal();
  say('Starting PostgreSQL, ingest, worker and api ...');
  const starting = startService({
    config,
    env,
    logger,
    human: true,
    onFirstKey: (secret) =>
      void say(`The admin key of the tenant default, made now and not shown again:\n  ${secret}`),
    writeLine: showIfGrave,
  });
  const service = await Promise.race([starting, stopped.then(() => null)]);
  if (service === null) {
    await starting.then((late) => late.stop());
    return;
  }
  try {
    say('Sending the work of two agents and what became of it ...');
    const work = runDemo(targetOf(service, config.bind));
    const result = await Promise.race([work, stopped.then(() => null), service.failed]);
    if (result !== null) {
      process.stdout.write(result.text);
      if (!isOnce) {
        say('\nThe service stays up: Ctrl-C stops it, `npm start` runs it again with the same data.');
        await Promise.race([stopped, service.failed]);
      }
    }
  } finally {
    process.once('SIGINT', () => process.exit(1));
    await service.stop();
  }
}

function targetOf({ connection, ports }: Service, bind: string): Parameters<typeof runDemo>[0] {
  const host = `http://${hostToAsk(bind)}`;
  return {
    connection,
    apiUrl: `${host}:${ports.OL_API_PORT}`,
    otlpUrl: `${host}:${ports.OL_OTLP_HTTP_PORT}`,
    workerUrl: `${host}:${ports.OL_WORKER_PORT}`,
    traceQuietMs: TRACE_QUIET_MS,
  };
}

const say = (line: string): boolean => process.stderr.write(`${line}\n`);

/** Lines of every day would bury the figures. */
function showIfGrave(line: string): void {
  if (!/^[\d:.]{12} (debug|info ) /.test(line)) say(line);
}
