import 'reflect-metadata';
import { readConfig } from '#config';
import { logToStdout, runUntilStopped } from '#server';
import { startApi } from './start-api.ts';

const logger = logToStdout('api');
await runUntilStopped(logger, () => startApi(readConfig(), logger));
