import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';

const DIALECTS = 'libs/conventions/src/dialects';
/** The acceptance cases of the conventions, and the spec file in which each is a test. */
const HOMES: readonly (readonly [file: string, ids: string])[] = [
  [
    `${DIALECTS}/otel-gen-ai.spec.ts`,
    'S01 S02 S03 S05 S06 S08 S10 S12 S13 S14 V09 V12 T01 T02 T03 T04 T05 T07',
  ],
  [`${DIALECTS}/openinference.spec.ts`, 'O01 O02 O04 O06 O08 O09 O10 O11 O12 O13 O14'],
  [`${DIALECTS}/openllmetry-openlit.spec.ts`, 'L02 L04 L07 L08 L09'],
  [`${DIALECTS}/vercel-ai.spec.ts`, 'V02 V03 V04 V05 V06 V08 V10'],
  [`${DIALECTS}/tracing-products.spec.ts`, 'P04 P05 P06 P07 P08 P10 P12 P13'],
  [`${DIALECTS}/frameworks.spec.ts`, 'F01 F03 F05 F06 F07 F08 F09 F10 F13 F14'],
  [`${DIALECTS}/gateways.spec.ts`, 'G01 G02 G04 G05 G06 G07 C01 C04 C06 A01 A03 A04 A05'],
  [`${DIALECTS}/logs.spec.ts`, 'C02 C05 C08'],
  ['test/pipeline/metrics.spec.ts', 'C03'],
  ['test/golden/prices-cases.spec.ts', 'M01 M02 M03 M04 M05 M06 M07 M08 M09 M10'],
];
const CASES = HOMES.flatMap(([file, ids]) => ids.split(' ').map((id) => [id, file] as const));

/** A name that begins with ids: `S01`, `S01: why`, `T01 T02: why`. */
const NAME = /(['"`])((?:[A-Z]\d{2})(?: [A-Z]\d{2})*)(?=\1|[ :,])/g;
/** A name that is an id and nothing else: the case itself; further tests of a case say what they add. */
const BARE = /(['"`])([A-Z]\d{2})\1/g;

interface Ids {
  readonly named: ReadonlySet<string>;
  readonly bare: ReadonlySet<string>;
}

/** Spec file -> the ids in it. */
function readIds(): Map<string, Ids> {
  const specs = [
    'libs/conventions/src',
    'libs/pricing/src',
    'libs/otlp/src',
    'test/golden',
    'test/pipeline',
  ].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((entry) => `${folder}/${entry}`),
  );
  return new Map(
    specs
      .filter((file) => file.endsWith('.spec.ts') && !file.endsWith('/acceptance-cases.spec.ts'))
      .map((file) => {
        const text = readFileSync(file, 'utf8');
        const named = [...text.matchAll(NAME)].flatMap((match) => match[2]!.split(' '));
        return [
          file,
          { named: new Set(named), bare: new Set([...text.matchAll(BARE)].map((match) => match[2]!)) },
        ];
      }),
  );
}

describe('acceptance cases', () => {
  test('there are 86, each with one home', () => {
    expect({ count: CASES.length, distinct: new Set(CASES.map(([id]) => id)).size }).toEqual({
      count: 86,
      distinct: 86,
    });
  });

  test('each is a test in its home, and in no other file', () => {
    const ids = readIds();
    const missing = CASES.filter(([id, home]) => ids.get(home)?.named.has(id) !== true);
    const elsewhere = CASES.flatMap(([id, home]) =>
      [...ids].filter(([file, { bare }]) => file !== home && bare.has(id)).map(([file]) => [id, file]),
    );
    expect({ missing, elsewhere }).toEqual({ missing: [], elsewhere: [] });
  });
});
