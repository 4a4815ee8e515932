import { makeSigner } from '#evidence';
import {
  type Client,
  createSigningKey,
  fixLogOrigin,
  inTransaction,
  type LogName,
  type LogToSeal,
  readLogsToSeal,
  readSigningSeeds,
} from '#store';
import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Log } from './seal-log.ts';
import { REST_MS, type SealerOptions, SealTurns } from './seal-turns.ts';

export interface Sealer {
  /** Resolves when the seal that is under way is done. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Seals every tenant's inbox into its log, four times a second where there is work, and signs each log at most once a
 * second. Makes the signing key and fixes the origin of the logs at the first start. Any number of sealers may run on
 * one database with one key directory; they take turns at each log.
 *
 * A log that cannot be signed without contradicting an earlier signature is halted until the process is started again:
 * it is reported once and shows as 1 in `outcome_ledger_log_halted`; the other logs go on.
 *
 * @throws RejectedInput when another origin was fixed; Error when logs were begun but the key directory holds no key
 */
export async function startSealer(options: SealerOptions): Promise<Sealer> {
  const { db, config, logger } = options;
  const standard = `outcome-ledger.local/${randomBytes(6).toString('hex')}`;
  // One transaction, so that of two sealers that start first only one makes a key.
  const { origin, seeds } = await inTransaction(db, async (client) => {
    const fixed = await fixLogOrigin(client, config.logOrigin, standard);
    return { origin: fixed, seeds: await readOrCreateSeeds(client, config.keyDir, fixed) };
  });
  let known = seeds;
  const toLog = ({ tenantId, slug, log }: LogToSeal): Log => {
    const name = logNameOf(origin, slug, log);
    return {
      tenantId,
      slug,
      log,
      origin: name,
      keyDir: config.keyDir,
      signers: known.map((seed) => makeSigner(name, seed)),
    };
  };
  // A key that was added or retired is used from the next look on. A directory without any key is no answer.
  const readKeys = async (): Promise<void> => {
    const found = await readSigningSeeds(config.keyDir);
    if (found.length > 0) known = found;
  };
  const turns = new SealTurns(options, toLog);
  const stopping = new AbortController();
  const running = turnUntilStopped(turns, readKeys, stopping.signal, logger);
  logger.log('sealing', { origin, keys: seeds.length });
  return {
    stop: () => {
      stopping.abort();
      return running;
    },
  };
}

/** About once a second. */
const LOOKS_PER_READING_OF_KEYS = 4;

/** `<origin>/t/<slug>`, and the same with `/access`. */
const logNameOf = (origin: string, slug: string, log: LogName): string =>
  `${origin}/t/${slug}${log === 'access' ? '/access' : ''}`;

async function turnUntilStopped(
  turns: SealTurns,
  readKeys: () => Promise<void>,
  stopping: AbortSignal,
  logger: SealerOptions['logger'],
): Promise<void> {
  for (let look = 0; !stopping.aborted; look += 1) {
    if (look % LOOKS_PER_READING_OF_KEYS === 0)
      await readKeys().catch((error: unknown) => logger.error('the signing keys cannot be read', { error }));
    const restMs = await turns.takeAll(stopping).catch((error: unknown) => {
      logger.error('the inboxes of the evidence logs could not be looked at', { error });
      return REST_MS;
    });
    // An aborted pause is the stop.
    await setTimeout(restMs, undefined, { signal: stopping }).catch(() => {});
  }
}

async function readOrCreateSeeds(client: Client, keyDir: string, origin: string): Promise<Buffer[]> {
  const seeds = await readSigningSeeds(keyDir);
  if (seeds.length > 0) return seeds;
  const begun = (await readLogsToSeal(client)).find((log) => log.size > 0);
  if (begun !== undefined)
    throw new Error(
      `the log of ${begun.slug} was begun with a signing key that ${keyDir} does not hold: bring log-*.key and *.guard back`,
    );
  return [await createSigningKey(keyDir, origin)];
}
