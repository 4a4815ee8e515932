import type { LoggerService } from '@nestjs/common';
import { errorStack, errorText } from '#model';

export const LOGGER = Symbol('logger');

type Level = 'debug' | 'info' | 'warn' | 'error' | 'fatal';
type Fields = Readonly<Record<string, unknown>>;

export interface ProcessLoggerOptions {
  /** Name of the process: ingest, worker, api. */
  readonly process: string;
  /** True on a terminal: one readable line instead of JSON. */
  readonly human: boolean;
  readonly write: (line: string) => void;
  readonly nowMs?: () => number;
}

/**
 * Writes one line per message: JSON with `time`, `level`, `process`, `message` and the fields given, or the same
 * for the eye on a terminal. Serves as Nest's logger too; errors are written with stack and cause, without the values
 * that they quote (`errorText`): no erasure reaches a log.
 */
export class ProcessLogger implements LoggerService {
  constructor(private readonly options: ProcessLoggerOptions) {}

  debug(message: unknown, ...rest: unknown[]): void {
    this.line('debug', message, rest);
  }
  log(message: unknown, ...rest: unknown[]): void {
    this.line('info', message, rest);
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.line('warn', message, rest);
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.line('error', message, rest);
  }
  fatal(message: unknown, ...rest: unknown[]): void {
    this.line('fatal', message, rest);
  }

  /** Nest calls with (message, context) or (message, stack, context); our own code with (message, fields). */
  private line(level: Level, message: unknown, rest: readonly unknown[]): void {
    const texts = rest.filter((part) => typeof part === 'string');
    const fields: Record<string, unknown> = {};
    for (const part of rest) {
      if (part instanceof Error) fields['error'] = part;
      else if (typeof part === 'object' && part !== null) Object.assign(fields, part);
    }
    if (texts.length > 0) fields['context'] = texts.at(-1);
    if (texts.length > 1) fields['stack'] = texts[0];
    if (message instanceof Error) fields['error'] ??= message;
    const text =
      message instanceof Error ? errorText(message) : typeof message === 'string' ? message : toJson(message);
    const time = new Date((this.options.nowMs ?? Date.now)()).toISOString();
    this.options.write(
      this.options.human
        ? `${time.slice(11, 23)} ${level.padEnd(5)} ${this.options.process}: ${text}${readable(fields)}`
        : toJson({ time, level, process: this.options.process, message: text, ...fields }),
    );
  }
}

/** The logger of a process: to standard output, for the eye when that is a terminal. */
export function logToStdout(process_: string): ProcessLogger {
  return new ProcessLogger({
    process: process_,
    human: process.stdout.isTTY,
    write: (line) => process.stdout.write(`${line}\n`),
  });
}

function readable(fields: Fields): string {
  const { error, stack, ...rest } = fields;
  const pairs = Object.entries(rest).map(
    ([key, value]) => ` ${key}=${typeof value === 'string' ? value : toJson(value)}`,
  );
  const trace = error instanceof Error ? (errorStack(error) ?? errorText(error)) : stack;
  return `${pairs.join('')}${trace === undefined ? '' : `\n${typeof trace === 'string' ? trace : toJson(trace)}`}`;
}

function toJson(value: unknown): string {
  return (
    JSON.stringify(value, (_key, member: unknown) => {
      if (typeof member === 'bigint') return member.toString();
      if (!(member instanceof Error)) return member;
      const code = 'code' in member ? member.code : undefined;
      return {
        name: member.name,
        message: errorText(member),
        code,
        stack: errorStack(member),
        cause: member.cause,
      };
    }) ?? 'undefined'
  );
}
