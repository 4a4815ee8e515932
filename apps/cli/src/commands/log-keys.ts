import { stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { makeSigner } from '#evidence';
import { addRecordIdKey, createSigningKey, readLogOrigin, readSigningSeeds, type Database } from '#store';
import { withDatabase } from './with-database.ts';

/** Keys sign for at least so long beside their successor, so that everybody who verifies learns of it. */
const OVERLAP_DAYS = 30;

/** The keys in the key directory of this machine that are no tenant's; what runs sees each change by itself. */
export function addLogKeys(program: Command): void {
  const keys = program.commands.find((command) => command.name() === 'keys')!;
  keys
    .command('rotate')
    .description('make a new key for the evidence logs; the old one signs beside it until it is retired')
    .action(() => withDatabase((db, { keyDir }) => rotate(db, keyDir)));
  keys
    .command('retire <key-id>')
    .description(`end an old key of the evidence logs; not before ${OVERLAP_DAYS} days of both signing`)
    .option('--now', 'at once: the key is lost or stolen')
    .action((keyId: string, { now }: { now?: boolean }) =>
      withDatabase((db, { keyDir }) => retire(db, keyDir, keyId, now === true)),
    );
  keys
    .command('rotate-records')
    .description(
      'make a new key for the ids of log records that are made from an hour from now on; at once if it is lost',
    )
    .action(() => withDatabase((db, { keyDir }) => rotateRecords(db, keyDir)));
}

async function rotateRecords(db: Database, keyDir: string): Promise<void> {
  const { file, beginsAt } = await addRecordIdKey(db, keyDir);
  process.stdout.write(
    `ids of log records from ${beginsAt} on follow from ${file} in ${keyDir}\n` +
      'every receiver needs it there by then; keep the older ones: what is sent again follows from them\n',
  );
}

async function rotate(db: Database, keyDir: string): Promise<void> {
  const origin = await originOf(db);
  const before = (await readSigningSeeds(keyDir)).map((seed) => makeSigner(origin, seed));
  if (before.length !== 1)
    throw new Error(
      before.length === 0
        ? `${keyDir} holds no key: is it the key directory of the worker?`
        : `a rotation is under way: retire one of ${before.map(({ keyId }) => keyId).join(', ')} first`,
    );
  const added = makeSigner(origin, await createSigningKey(keyDir, origin));
  process.stdout.write(
    `key ${added.keyId} signs from the next seal on, beside ${before[0]!.keyId}; the logs say so in a leaf\n` +
      `retire the old one after ${OVERLAP_DAYS} days: outcome-ledger keys retire ${before[0]!.keyId}\n`,
  );
}

async function retire(db: Database, keyDir: string, keyId: string, now: boolean): Promise<void> {
  const origin = await originOf(db);
  const signers = (await readSigningSeeds(keyDir)).map((seed) => makeSigner(origin, seed));
  if (!signers.some((each) => each.keyId === keyId))
    throw new Error(
      `${keyDir} holds no key ${keyId}: it holds ${signers.map((each) => each.keyId).join(', ')}`,
    );
  if (signers.length === 1) throw new Error(`${keyId} is the only key: rotate first`);
  if (!now) await mustOverlap(keyDir, signers.find((each) => each.keyId !== keyId)!.keyId);
  await unlink(join(keyDir, `log-${keyId}.key`));
  process.stdout.write(`key ${keyId} signs no more; the logs say so in a leaf\n`);
}

/** By when the file of the successor was made. */
async function mustOverlap(keyDir: string, successor: string): Promise<void> {
  const { mtimeMs } = await stat(join(keyDir, `log-${successor}.key`));
  const days = (Date.now() - mtimeMs) / 86_400_000;
  if (days < OVERLAP_DAYS)
    throw new Error(
      `key ${successor} is ${Math.floor(days)} days old: both sign for ${OVERLAP_DAYS}; --now ends the old one at once`,
    );
}

async function originOf(db: Database): Promise<string> {
  const origin = await readLogOrigin(db);
  if (origin === null) throw new Error('no log was begun yet: the first start makes its key');
  return origin;
}
