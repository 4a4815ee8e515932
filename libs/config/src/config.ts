import { isAbsolute, join, resolve } from 'node:path';
import { z } from 'zod';
import { LIMITS, type Limits } from './limits.ts';

/** What can be set from outside, read once per process and frozen. `null` = not set. */
export interface Config {
  /** Absolute. Holds the embedded PostgreSQL, the supervisor's lock and, unless `keyDir` says otherwise, the keys. */
  readonly dataDir: string;
  /** Absolute; the keys of the evidence logs, of content and of ids of log records. */
  readonly keyDir: string;
  /** Origin of the evidence logs' key names; fixed at the first start. */
  readonly logOrigin: string | null;
  /** Who cosigns checkpoints, and where they are asked; and who is given checkpoints to keep. */
  readonly witnesses: readonly { readonly vkey: string; readonly url: string }[];
  readonly recipients: readonly { readonly name: string; readonly to: string }[];
  /** External PostgreSQL; null = `outcome-ledger up` starts its own and hands its address to its children. */
  readonly databaseUrl: string | null;
  /** Jobs on Redis instead of PostgreSQL. */
  readonly redisUrl: string | null;
  /** Address all servers listen on. */
  readonly bind: string;
  /** Ports; 0 = any free one (tests). */
  readonly apiPort: number;
  readonly otlpHttpPort: number;
  readonly otlpGrpcPort: number;
  /** Health and metrics of the worker. */
  readonly workerPort: number;
  /** An admin key accepted from the first start; null = one is made and printed once. */
  readonly bootstrapKey: string | null;
  readonly traceQuietMs: number;
  readonly traceMaxWaitMs: number;
  readonly spanMaxAgeDays: number;
  /** Received spans older than that are let go, days; null = never. */
  readonly spanKeepDays: number | null;
  /** How long backups of the database and of the keys are kept: erased content is gone from everywhere after that. */
  readonly backupDays: number;
  readonly limits: Limits;
}

/** Every variable that is wrong, in one message, one line each. */
export class InvalidConfig extends Error {
  override readonly name = 'InvalidConfig';
  constructor(readonly problems: readonly string[]) {
    super(`the environment is not usable:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
}

/** An integer written in decimal digits; the message says the rule, and the value where it is no secret. */
function integer(standard: number, minimum: number, maximum: number) {
  const rule = `must be a whole number from ${minimum} to ${maximum}`;
  return z
    .string()
    .refine((text) => /^\d{1,16}$/.test(text) && Number(text) >= minimum && Number(text) <= maximum, {
      error: (issue) => `${rule}, not ${JSON.stringify(issue.input)}`,
    })
    .transform(Number)
    .default(standard);
}

function port(standard: number) {
  return integer(standard, 0, 65_535);
}

function url(schemes: readonly string[]) {
  return z
    .string()
    .refine((text) => schemes.some((scheme) => text.startsWith(`${scheme}://`)) && URL.canParse(text), {
      error: `must be a URL that begins with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
    })
    .nullable()
    .default(null);
}

/** Items separated by `;`, each of a form; the named groups of each. */
function list(form: RegExp, rule: string) {
  const items = (text: string): string[] =>
    text
      .split(';')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  return z
    .string()
    .default('')
    .refine((text) => items(text).every((item) => form.test(item)), { error: rule })
    .transform((text) => items(text).map((item) => ({ ...form.exec(item)?.groups })));
}

const DAY_MS = 86_400_000;

const limits = Object.fromEntries(
  Object.values(LIMITS).map((limit) => [
    limit.variable,
    integer(limit.standard, limit.minimum, limit.maximum),
  ]),
);

/** The environment, name by name. `.env.example` lists the same names with the same defaults (a test compares). */
export const environment = z.object({
  OL_DATA_DIR: z.string().default('.outcome-ledger'),
  OL_KEY_DIR: z.string().nullable().default(null),
  OL_LOG_ORIGIN: z
    .string()
    .regex(
      /^[^\s+]{1,200}$/,
      'must be 1 to 200 characters without white space or "+", as in ledger.example.com',
    )
    .nullable()
    .default(null),
  OL_WITNESSES: list(
    /^(?<vkey>[^\s+]+\+[0-9a-f]{8}\+[0-9A-Za-z+/=]+) (?<url>https?:\/\/[^\s;]+)$/,
    'must be "<vkey> <url>", more of them separated by ";"',
  ),
  OL_CHECKPOINT_RECIPIENTS: list(
    /^(?<name>[0-9A-Za-z._-]{1,100}) (?<to>https?:\/\/[^\s;]+|\/[^;]+)$/,
    'must be "<name> <url or absolute directory>", more of them separated by ";"',
  ),
  DATABASE_URL: url(['postgresql', 'postgres']),
  REDIS_URL: url(['redis', 'rediss']),
  OL_BIND: z
    .string()
    .regex(/^[0-9A-Za-z.:-]+$/, 'must be an IP address or a host name')
    .default('127.0.0.1'),
  OL_API_PORT: port(3000),
  OL_OTLP_HTTP_PORT: port(4318),
  OL_OTLP_GRPC_PORT: port(4317),
  OL_WORKER_PORT: port(9464),
  OL_BOOTSTRAP_KEY: z
    .string()
    .regex(/^olk_[0-9A-Za-z]{32,128}$/, 'must be olk_ and 32 to 128 letters or digits')
    .nullable()
    .default(null),
  TRACE_QUIET_MS: integer(5_000, 0, DAY_MS),
  TRACE_MAX_WAIT_MS: integer(600_000, 0, 7 * DAY_MS),
  SPAN_MAX_AGE_DAYS: integer(1_100, 1, 36_500),
  SPAN_KEEP_DAYS: integer(0, 0, 36_500),
  BACKUP_DAYS: integer(30, 0, 3_650),
  ...limits,
});

/**
 * Reads the environment into the one frozen `Config`. An empty value counts as not set. Relative directories are
 * taken from the current directory, so that a checkout keeps its data beside itself.
 *
 * @throws InvalidConfig with every bad variable; secrets are never repeated in it
 */
export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const given = Object.fromEntries(
    Object.keys(environment.shape).flatMap((name) => (env[name] ? [[name, env[name]]] : [])),
  );
  const parsed = environment.safeParse(given);
  const problems = parsed.success
    ? crossProblems(parsed.data)
    : parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
  if (!parsed.success || problems.length > 0) throw new InvalidConfig(problems);
  const read = parsed.data;
  const dataDir = resolve(read.OL_DATA_DIR);
  return Object.freeze({
    dataDir,
    keyDir: read.OL_KEY_DIR === null ? join(dataDir, 'keys') : absolute(read.OL_KEY_DIR),
    logOrigin: read.OL_LOG_ORIGIN,
    witnesses: read.OL_WITNESSES.map(({ vkey = '', url: at = '' }) => ({ vkey, url: at.replace(/\/$/, '') })),
    recipients: read.OL_CHECKPOINT_RECIPIENTS.map(({ name = '', to = '' }) => ({ name, to })),
    databaseUrl: read.DATABASE_URL,
    redisUrl: read.REDIS_URL,
    bind: read.OL_BIND,
    apiPort: read.OL_API_PORT,
    otlpHttpPort: read.OL_OTLP_HTTP_PORT,
    otlpGrpcPort: read.OL_OTLP_GRPC_PORT,
    workerPort: read.OL_WORKER_PORT,
    bootstrapKey: read.OL_BOOTSTRAP_KEY,
    traceQuietMs: read.TRACE_QUIET_MS,
    traceMaxWaitMs: read.TRACE_MAX_WAIT_MS,
    spanMaxAgeDays: read.SPAN_MAX_AGE_DAYS,
    spanKeepDays: read.SPAN_KEEP_DAYS === 0 ? null : read.SPAN_KEEP_DAYS,
    backupDays: read.BACKUP_DAYS,
    limits: Object.freeze(readLimits(read)),
  });
}

function absolute(directory: string): string {
  return isAbsolute(directory) ? directory : resolve(directory);
}

function readLimits(read: Readonly<Record<string, unknown>>): Limits {
  const entries = Object.entries(LIMITS).map(([name, limit]) => [name, read[limit.variable]] as const);
  const values = Object.fromEntries(entries);
  if (!isComplete(values)) throw new TypeError('a limit is missing in the schema of the environment');
  return values;
}

function isComplete(values: Readonly<Record<string, unknown>>): values is Limits {
  return Object.keys(LIMITS).every((name) => typeof values[name] === 'number');
}

/** Rules between variables, checked once each of them is right by itself. */
function crossProblems(read: z.infer<typeof environment>): string[] {
  const problems: string[] = [];
  if (read.TRACE_MAX_WAIT_MS < read.TRACE_QUIET_MS)
    problems.push('TRACE_MAX_WAIT_MS must not be smaller than TRACE_QUIET_MS');
  // A span of a day that was let go could not be told from one that was never there.
  if (read.SPAN_KEEP_DAYS !== 0 && read.SPAN_KEEP_DAYS <= read.SPAN_MAX_AGE_DAYS)
    problems.push(
      `SPAN_KEEP_DAYS must be greater than SPAN_MAX_AGE_DAYS (${read.SPAN_MAX_AGE_DAYS}), or 0: kept for ever`,
    );
  const named = ['OL_API_PORT', 'OL_OTLP_HTTP_PORT', 'OL_OTLP_GRPC_PORT', 'OL_WORKER_PORT'] as const;
  const taken = new Map<number, string>();
  for (const name of named) {
    const first = taken.get(read[name]);
    if (read[name] !== 0 && first !== undefined)
      problems.push(`${name} must differ from ${first}: both are ${read[name]}`);
    else taken.set(read[name], name);
  }
  return problems;
}
