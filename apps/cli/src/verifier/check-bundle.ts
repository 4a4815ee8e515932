import { readFile } from 'node:fs/promises';
import { canonicalJson, NOT_PROVEN, sha256, verifyBundle, type Claim, type DeriveTrail } from '#evidence';
import { deriveTrail, parseStep, type TrailFacts } from '#trails';
import { readBundle } from './read-bundle.ts';

export interface CheckOptions {
  /** Keys of the log that were got another way. */
  readonly vkeys: readonly string[];
  /** Files that hold older checkpoints. */
  readonly checkpoints: readonly string[];
}

/**
 * Checks the bundle at a path and says so, a line a claim.
 *
 * @returns whether all of them hold
 */
export async function checkBundle(
  path: string,
  options: CheckOptions,
  write: (line: string) => void,
): Promise<boolean> {
  const checkpoints = await Promise.all(options.checkpoints.map((name) => readFile(name, 'utf8')));
  const trust = { vkeys: options.vkeys.length === 0 ? null : options.vkeys, checkpoints };
  const files = await readBundle(path);
  const claims = verifyBundle(files, trust, TRAILS);
  files.close();
  for (const claim of claims) write(lineOf(claim));
  write('');
  write('Not proven by any bundle:');
  for (const limit of NOT_PROVEN) write(`  - ${limit}`);
  if (trust.vkeys === null)
    write('  - that the key is the log’s: you gave none with --vkey, and the bundle vouches for itself');
  if (checkpoints.length === 0)
    write('  - that history was not written anew with the key: you gave no older --checkpoint of your own');
  const holds = claims.every((claim) => claim.holds);
  write('');
  write(holds ? `All ${claims.length} claims hold.` : 'This bundle does not hold.');
  return holds;
}

const lineOf = ({ name, says, holds, detail }: Claim): string =>
  `${holds ? 'PASS' : 'FAIL'}  ${name.padEnd(14)}  ${says}: ${detail}`;

/** How trails are made again. */
export const TRAILS: DeriveTrail = {
  parseStep: (record, personal) => {
    const members: object = JSON.parse(record);
    return parseStep(JSON.stringify({ ...members, ...personal }));
  },
  derive: (facts) => deriveTrail(mustBeFacts(facts), { canonicalJson, sha256 }),
};

/** What else is wrong with them shows when the trail is made. */
function mustBeFacts(facts: unknown): TrailFacts {
  if (!isFacts(facts)) throw new Error('the facts of a trail are incomplete');
  return facts;
}
const FACTS = ['size', 'sealedAtUs', 'item', 'steps', 'attempts', 'entries', 'outcomes', 'rules'];
const isFacts = (facts: unknown): facts is TrailFacts =>
  typeof facts === 'object' && facts !== null && FACTS.every((name) => name in facts);
