import 'reflect-metadata';
import { readConfig } from '#config';
import { logToStdout, runUntilStopped } from '#server';
import { startIngest } from './start-ingest.ts';

const logger = logToStdout('ingest');
await runUntilStopped(logger, () => startIngest(readConfig(), logger));
