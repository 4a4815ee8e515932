import 'reflect-metadata';
import { readConfig } from '#config';
import { logToStdout, runUntilStopped } from '#server';
import { startWorker } from './start-worker.ts';

const logger = logToStdout('worker');
await runUntilStopped(logger, () => startWorker(readConfig(), logger));
