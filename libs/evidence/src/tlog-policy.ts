import { type Checkpoint, parseCheckpoint } from './checkpoint.ts';
import { InvalidEvidence } from './errors.ts';
import { openNote, type VerifiedSignature } from './note.ts';
import { COSIGNATURE, LOG_SIGNATURE, type NoteVerifier, parseVerifierKey } from './note-key.ts';

/** Whom to believe: the logs' keys, the witnesses' keys, and how many of the witnesses it takes. */
export interface TlogPolicy {
  readonly logs: readonly NoteVerifier[];
  readonly witnesses: ReadonlyMap<string, NoteVerifier>;
  /** Of each group: at least `threshold` of `members`, which are witnesses or earlier groups. */
  readonly groups: ReadonlyMap<string, { readonly threshold: number; readonly members: readonly string[] }>;
  /** A witness, a group, or `none`. */
  readonly quorum: string;
}

const NONE = 'none';

/** The policy file of one log that has no witnesses; two keys during a rotation (C2SP tlog-policy). */
export function formatLogPolicy(vkeys: readonly string[]): string {
  return `${vkeys.map((vkey) => `log ${vkey}\n`).join('')}quorum ${NONE}\n`;
}

/**
 * Reads a policy file: lines `log`, `witness`, `group`, `quorum`; comments and empty lines are passed over.
 *
 * @throws InvalidEvidence naming the line that breaks a rule
 */
export function parsePolicy(text: string): TlogPolicy {
  const draft: Draft = {
    logs: [],
    witnesses: new Map(),
    groups: new Map(),
    quorum: null,
    members: new Set(),
  };
  for (const [i, line] of text.split('\n').entries()) {
    const words = line.split(/[ \t]+/).filter((word) => word !== '');
    if (words.length === 0 || words[0]!.startsWith('#')) continue;
    const read = READERS.get(words[0]!);
    const problem = read === undefined ? `unknown word ${words[0]}` : read(draft, words.slice(1));
    if (problem !== null) throw new InvalidEvidence(`policy line ${i + 1}: ${problem}`);
  }
  if (draft.quorum === null) throw new InvalidEvidence('the policy has no quorum line');
  return { logs: draft.logs, witnesses: draft.witnesses, groups: draft.groups, quorum: draft.quorum };
}

/**
 * Opens a checkpoint under a policy: signed by one of its logs under that log's own name, and cosigned by the
 * quorum of its witnesses.
 *
 * @throws InvalidEvidence otherwise
 */
export function openCheckpoint(note: string, policy: TlogPolicy): Checkpoint {
  const { text, signatures } = openNote(note, [...policy.logs, ...policy.witnesses.values()]);
  const checkpoint = parseCheckpoint(text);
  const isByLog = policy.logs.some((log) => log.name === checkpoint.origin && isSignedBy(log, signatures));
  if (!isByLog) throw new InvalidEvidence(`not signed by a known key of ${checkpoint.origin}`);
  if (!isWitnessed(policy, policy.quorum, signatures))
    throw new InvalidEvidence(`not cosigned by the quorum ${policy.quorum}`);
  return checkpoint;
}

const isSignedBy = (key: NoteVerifier, signatures: readonly VerifiedSignature[]): boolean =>
  signatures.some((signature) => signature.name === key.name && signature.keyId === key.keyId);

function isWitnessed(policy: TlogPolicy, name: string, signatures: readonly VerifiedSignature[]): boolean {
  if (name === NONE) return true;
  const witness = policy.witnesses.get(name);
  if (witness !== undefined) return isSignedBy(witness, signatures);
  const group = policy.groups.get(name)!;
  return group.members.filter((member) => isWitnessed(policy, member, signatures)).length >= group.threshold;
}

interface Draft {
  readonly logs: NoteVerifier[];
  readonly witnesses: Map<string, NoteVerifier>;
  readonly groups: Map<string, { threshold: number; members: string[] }>;
  quorum: string | null;
  /** Names that already belong to a group: each may only once, so that no witness counts twice. */
  readonly members: Set<string>;
}

/** Each takes the words after the first and returns what is wrong with them, or null. */
const READERS = new Map<string, (draft: Draft, words: readonly string[]) => string | null>(
  Object.entries({
    log(draft: Draft, words: readonly string[]) {
      if (words.length < 1 || words.length > 2) return 'log <vkey> [<url>]';
      const key = parseVerifierKey(words[0]!);
      if (key.type !== LOG_SIGNATURE) return `the key of ${key.name} is not a log's`;
      if (holdsKey(draft.logs, key)) return `the key of ${key.name} stands twice`;
      draft.logs.push(key);
      return null;
    },
    witness(draft: Draft, words: readonly string[]) {
      const [name, vkey, , ...more] = words;
      if (name === undefined || vkey === undefined || more.length > 0) return 'witness <name> <vkey> [<url>]';
      if (isDefined(draft, name)) return `${name} is defined twice`;
      const key = parseVerifierKey(vkey);
      if (key.type !== COSIGNATURE) return `the key of ${name} is not a witness's`;
      if (holdsKey([...draft.witnesses.values()], key)) return `the key of ${name} stands twice`;
      draft.witnesses.set(name, key);
      return null;
    },
    group(draft: Draft, words: readonly string[]) {
      const [name, rule, ...members] = words;
      if (name === undefined || rule === undefined || members.length === 0)
        return 'group <name> all|any|<k> <name>...';
      if (isDefined(draft, name)) return `${name} is defined twice`;
      const threshold = rule === 'all' ? members.length : rule === 'any' ? 1 : Number(rule);
      if (!/^(all|any|[1-9]\d*)$/.test(rule) || threshold > members.length)
        return `${rule} is not a threshold of ${members.length} members`;
      for (const member of members) {
        if (member === NONE || !isDefined(draft, member)) return `${member} is not defined above`;
        if (draft.members.has(member)) return `${member} is a member twice`;
        draft.members.add(member);
      }
      draft.groups.set(name, { threshold, members });
      return null;
    },
    quorum(draft: Draft, words: readonly string[]) {
      const [name, ...more] = words;
      if (name === undefined || more.length > 0) return 'quorum <name>|none';
      if (draft.quorum !== null) return 'a second quorum';
      if (!isDefined(draft, name)) return `${name} is not defined above`;
      draft.quorum = name;
      return null;
    },
  }),
);

const isDefined = (draft: Draft, name: string): boolean =>
  name === NONE || draft.witnesses.has(name) || draft.groups.has(name);

const holdsKey = (keys: readonly NoteVerifier[], key: NoteVerifier): boolean =>
  keys.some((other) => other.publicKey.equals(key.publicKey));
