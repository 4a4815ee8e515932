import { expect, test } from '@jest/globals';
import { formatCheckpoint, parseCheckpoint } from './checkpoint.ts';
import { InvalidEvidence } from './errors.ts';
import { cosign, openNote, signNote } from './note.ts';
import { COSIGNATURE, formatSignerKey, makeSigner, parseSignerKey, parseVerifierKey } from './note-key.ts';
import { formatLogPolicy, openCheckpoint, parsePolicy } from './tlog-policy.ts';

const ORIGIN = 'ledger.example/t/acme';
const log = makeSigner(ORIGIN, Buffer.alloc(32, 1));
const nextKey = makeSigner(ORIGIN, Buffer.alloc(32, 2));
const stranger = makeSigner('ledger.example/t/other', Buffer.alloc(32, 1));
const witnesses = [3, 4, 5].map((n) => makeSigner(`witness.example/w${n}`, Buffer.alloc(32, n), COSIGNATURE));
const checkpoint = { origin: ORIGIN, size: 70_000, root: Buffer.alloc(32, 9) };
const text = formatCheckpoint(checkpoint);

test('the key id of the vkey published in the specification', () => {
  const key = parseVerifierKey('example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k');
  expect({ name: key.name, type: key.type, keyId: key.keyId, bytes: key.publicKey.length }).toEqual({
    name: 'example.com/foo',
    type: 1,
    keyId: '530d903a',
    bytes: 32,
  });
});

// RFC 8032 7.1, test 1: the seed and its public key.
test('the public key of a seed', () => {
  const seed = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
  expect(parseVerifierKey(makeSigner(ORIGIN, seed).vkey).publicKey.toString('hex')).toBe(
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
  );
});

test('a signing key survives its file, a changed one does not', () => {
  const file = formatSignerKey(ORIGIN, Buffer.alloc(32, 1));
  expect(file).toMatch(/^PRIVATE\+KEY\+ledger\.example\/t\/acme\+[0-9a-f]{8}\+[A-Za-z0-9+/=]{44}$/);
  expect(parseSignerKey(`${file}\n`)).toEqual({ name: ORIGIN, seed: Buffer.alloc(32, 1) });
  for (let i = 0; i < file.length; i++)
    expect(() => parseSignerKey(replaceAt(file, i))).toThrow(InvalidEvidence);
});

test.each(['', 'a b', 'a+b', 'a\u00a0b', 'a\nb'])('%j is no key name', (name) =>
  expect(() => makeSigner(name, Buffer.alloc(32))).toThrow(RangeError),
);

test('the text of a checkpoint', () => {
  expect(text).toBe(`${ORIGIN}\n70000\nCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=\n`);
  expect(parseCheckpoint(text)).toEqual(checkpoint);
});

test.each([
  text.slice(0, -1),
  `${text}extension\n`,
  text.replace('70000', '070000'),
  text.replace('70000', '-1'),
  text.replace('70000', '9007199254740993'),
  text.replace('Qk=', 'Ql='),
  text.replace(ORIGIN, ''),
])('%j is no checkpoint', (wrong) => expect(() => parseCheckpoint(wrong)).toThrow(InvalidEvidence));

test('during a rotation both keys sign; either alone is enough for whoever knows it', () => {
  const note = signNote(text, [log, nextKey]);
  for (const key of [log, nextKey])
    expect(openNote(note, [parseVerifierKey(key.vkey)])).toEqual({
      text,
      signatures: [
        {
          name: ORIGIN,
          keyId: key.keyId,
          publicKey: parseVerifierKey(key.vkey).publicKey,
          signedAtSeconds: null,
        },
      ],
    });
  expect(() => openNote(note, [parseVerifierKey(stranger.vkey)])).toThrow('no signature by a known key');
});

test('one wrong signature of a known key spoils the note, unknown ones do not', () => {
  const forged = signNote(text, [log]) + signNote('other\n', [nextKey]).split('\n\n')[1]!;
  expect(() =>
    openNote(
      forged,
      [log, nextKey].map((key) => parseVerifierKey(key.vkey)),
    ),
  ).toThrow(`the signature of ${ORIGIN} does not fit the text`);
  expect(openNote(forged, [parseVerifierKey(log.vkey)]).signatures.length).toBe(1);
});

test('sixteen unknown signatures before the known one are passed over', () => {
  const unknown = Array.from({ length: 16 }, (_, n) => makeSigner(`w${n}.example`, Buffer.alloc(32, n + 9)));
  expect(openNote(signNote(text, [...unknown, log]), [parseVerifierKey(log.vkey)]).text).toBe(text);
});

test('every changed character of a note is refused', () => {
  const note = signNote(text, [log]) + cosign(text, witnesses[0]!, 1_764_000_000n);
  const policy = parsePolicy(`log ${log.vkey}\nwitness w ${witnesses[0]!.vkey}\nquorum w\n`);
  expect(openCheckpoint(note, policy)).toEqual(checkpoint);
  for (let i = 0; i < note.length; i++) {
    expect(() => openCheckpoint(replaceAt(note, i), policy)).toThrow(InvalidEvidence);
    expect(() => openCheckpoint(note.slice(0, i) + note.slice(i + 1), policy)).toThrow(InvalidEvidence);
  }
});

test('a cosignature states its time and commits to it', () => {
  const line = cosign(text, witnesses[0]!, 1_764_000_000n);
  const opened = openNote(`${text}\n${line}`, [parseVerifierKey(witnesses[0]!.vkey)]);
  expect(opened.signatures.map((signature) => signature.signedAtSeconds)).toEqual([1_764_000_000n]);
  expect(() => cosign(text, log, 1n)).toThrow(RangeError);
});

const twoOfThree = `# the witnesses of three operators
log ${log.vkey} https://ledger.example/t/acme
\twitness w3 ${witnesses[0]!.vkey} https://w3.example
witness w4 ${witnesses[1]!.vkey}
witness w5 ${witnesses[2]!.vkey}

group pair any w3 w4
group most 2 pair w5
quorum most
`;
test.each([
  [[], false],
  [[0, 1], false],
  [[2], false],
  [[0, 2], true],
  [[1, 2], true],
  [[0, 1, 2], true],
])('cosigned by %j: accepted is %s', (signers, isAccepted) => {
  const note = signNote(text, [log]) + signers.map((n) => cosign(text, witnesses[n]!, 1n)).join('');
  if (isAccepted) expect(openCheckpoint(note, parsePolicy(twoOfThree))).toEqual(checkpoint);
  else expect(() => openCheckpoint(note, parsePolicy(twoOfThree))).toThrow('not cosigned by the quorum most');
});

test('a log may not sign for another origin', () => {
  expect(() =>
    openCheckpoint(signNote(text, [stranger]), parsePolicy(formatLogPolicy([stranger.vkey]))),
  ).toThrow(`not signed by a known key of ${ORIGIN}`);
});

test.each([
  ['', 'the policy has no quorum line'],
  ['constructor x\nquorum none\n', 'policy line 1: unknown word constructor'],
  ['quorum none\nquorum none\n', 'policy line 2: a second quorum'],
  ['quorum w\n', 'policy line 1: w is not defined above'],
  [`log ${witnesses[0]!.vkey}\n`, "policy line 1: the key of witness.example/w3 is not a log's"],
  [`witness w ${log.vkey}\n`, "policy line 1: the key of w is not a witness's"],
  [
    `log ${log.vkey}\nlog ${stranger.vkey}\n`,
    'policy line 2: the key of ledger.example/t/other stands twice',
  ],
  [`witness none ${witnesses[0]!.vkey}\n`, 'policy line 1: none is defined twice'],
  [`witness w ${witnesses[0]!.vkey}\ngroup g 2 w\n`, 'policy line 2: 2 is not a threshold of 1 members'],
  [`witness w ${witnesses[0]!.vkey}\ngroup g 1 w w\n`, 'policy line 2: w is a member twice'],
  ['group g any none\n', 'policy line 1: none is not defined above'],
  ['log\n', 'policy line 1: log <vkey> [<url>]'],
])('policy %j: %s', (policy, problem) => expect(() => parsePolicy(policy)).toThrow(problem));

/** Another character of the same class, so that the change is not only one of form. */
function replaceAt(value: string, i: number): string {
  const other = value[i] === 'A' ? 'B' : /[A-Za-z+/=—]/.test(value[i]!) ? 'A' : value[i] === '1' ? '2' : '1';
  return value.slice(0, i) + other + value.slice(i + 1);
}
