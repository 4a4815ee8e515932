import type { Readable } from 'node:stream';
import { ProcessLogger } from '#server';
import { z } from 'zod';

const Line = z.looseObject({ time: z.string(), level: z.string(), process: z.string(), message: z.string() });

/** Contexts under which Nest tells that it starts, route by route. */
const FRAMEWORK = new Set<unknown>([
  'InstanceLoader',
  'NestApplication',
  'NestFactory',
  'RouterExplorer',
  'RoutesResolver',
]);

/**
 * Passes a child's log lines on: as they are where we write JSON, readable where we write for the eye. What is not a
 * log line of ours (a crash of Node itself) is passed on as it is.
 */
export function logChild(output: Readable, human: boolean, write: (line: string) => void): void {
  let rest = '';
  output.setEncoding('utf8');
  output.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const shown = human ? readable(line) : line;
      if (shown !== null) write(shown);
    }
  });
  output.on('end', () => {
    if (rest !== '') write(rest);
  });
}

/** @returns null for what a person at a terminal does not need */
function readable(line: string): string | null {
  const parsed = Line.safeParse(parseJson(line));
  if (!parsed.success) return line;
  const { time, level, process, message, ...fields } = parsed.data;
  if (level === 'info' && FRAMEWORK.has(fields['context'])) return null;
  let text = line;
  const logger = new ProcessLogger({
    process,
    human: true,
    nowMs: () => Date.parse(time),
    write: (written) => {
      text = written;
    },
  });
  const write = { debug: 'debug', info: 'log', warn: 'warn', error: 'error', fatal: 'fatal' } as const;
  logger[write[isLevel(level) ? level : 'info']](message, fields);
  return text;
}

function isLevel(text: string): text is 'debug' | 'info' | 'warn' | 'error' | 'fatal' {
  return ['debug', 'info', 'warn', 'error', 'fatal'].includes(text);
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
