import type { Schemas } from '../../api/wire-types.ts';

/** Something about the data that makes figures less sure, and what to do about it. */
export interface Alert {
  readonly severity: 'action' | 'notice';
  readonly text: string;
  readonly action: string;
  /** Where that is done: a page of the tenant, without the tenant. */
  readonly page: 'data-quality' | 'settings/prices' | 'settings/key-mappings' | 'settings/definitions';
}

type SetAside = Pick<Schemas['SetAsidePage'], 'kind' | 'groups'>;
type Emitter = Pick<Schemas['EmitterQuality'], 'emitter' | 'findings'>;

/** What is set aside and what emitters leave out, what asks for action first. Empty when nothing is the matter. */
export function toAlerts(
  setAside: readonly SetAside[],
  emitters: readonly Emitter[],
  halts: number,
): Alert[] {
  const kept = setAside.flatMap(({ kind, groups }) => {
    const entries = groups.reduce((sum, group) => sum + group.entries, 0);
    const calls = groups.reduce((sum, group) => sum + (group.calls ?? 0), 0);
    return entries === 0 ? [] : [KEPT[kind](entries, calls, groups)];
  });
  const codes = new Set(kept.map(({ page }) => page));
  const found = emitters.flatMap(({ emitter, findings }) =>
    findings
      .filter(({ severity }) => severity === 'action')
      // Calls without a price stand among what is set aside already.
      .filter(({ code }) => !(code === 'unknown_model' && codes.has('settings/prices')))
      .map(({ words, spans }): Alert => ({
        severity: 'action',
        text: `${emitter.service ?? 'an unnamed service'}: ${words} (${spans.toLocaleString('en-US')} spans)`,
        action: 'See what it sends',
        page: 'data-quality',
      })),
  );
  const halted: Alert[] =
    halts === 0
      ? []
      : [
          {
            severity: 'action',
            text: `${count(halts, 'trace is', 'traces are')} not posted, because what they would post breaks a rule`,
            action: 'See why',
            page: 'data-quality',
          },
        ];
  return [...halted, ...kept, ...found].toSorted((a, b) => rank(a) - rank(b));
}

const rank = ({ severity }: Alert): number => (severity === 'action' ? 0 : 1);

const KEPT: {
  readonly [Kind in SetAside['kind']]: (entries: number, calls: number, groups: SetAside['groups']) => Alert;
} = {
  unpriced: (entries, calls, groups) => ({
    severity: 'action',
    text: `${count(calls || entries, 'call has', 'calls have')} no price (${namesOf(groups)}): cost that holds one is a lower bound`,
    action: 'Add a price',
    page: 'settings/prices',
  }),
  unmatched_spend: (entries) => ({
    severity: 'action',
    text: `${count(entries, 'trace is', 'traces are')} linked to no work item: their cost is in no outcome`,
    action: 'Map a key, or declare overhead',
    page: 'settings/key-mappings',
  }),
  unmatched_outcome: (entries) => ({
    severity: 'action',
    text: `${count(entries, 'outcome event has', 'outcome events have')} no spend or no definition`,
    action: 'See which',
    page: 'data-quality',
  }),
  rejected: (entries) => ({
    severity: 'action',
    text: `${count(entries, 'span or event was', 'spans or events were')} refused and are in no figure`,
    action: 'See why',
    page: 'data-quality',
  }),
  conflicting: (entries) => ({
    severity: 'notice',
    text: `${count(entries, 'span was', 'spans were')} sent again with other content; the first one counts`,
    action: 'See which',
    page: 'data-quality',
  }),
};

function namesOf(groups: SetAside['groups']): string {
  const names = [...new Set(groups.map(({ model, provider, reason }) => model ?? provider ?? reason))];
  return names.length <= 3
    ? names.join(', ')
    : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
}

const count = (number: number, one: string, many: string): string =>
  `${number.toLocaleString('en-US')} ${number === 1 ? one : many}`;
