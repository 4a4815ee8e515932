import { segmentEconomics, type SegmentFinding, type SegmentItem, type SegmentSearchState } from '#economics';
import { RejectedInput } from '#model';
import { readLoadedItems, type Client, type CostPerOutcomeQuery, type LoadedItemRow } from '#store';
import type { RowGroup } from '../reports/finish-report.ts';
import { halvesOf, type Halves } from './halves.ts';
import { intakeOfItems, type KnownIntake } from './intake-of-items.ts';

/** Items are read one by one here; more than these are asked for by shorter periods. */
const MOST_ITEMS = 200_000;
/** Half of it has to hold two segments of the smallest size. */
const FEWEST_OF_HALF = 60;

/** What was looked for in a group of settled items, what was left out, and what holds. */
export interface GroupSegments {
  readonly state: SegmentSearchState | { readonly state: 'found' };
  readonly attributes: readonly string[];
  readonly salt: string | null;
  /** Items without spend, with unknown cost, or of whose intake nothing is known: they are in no figure here. */
  readonly withoutSpend: number;
  readonly unknownCost: number;
  readonly withoutIntake: number;
  /** Of the items looked at: those of which something declared was stated only for a time after work began. */
  readonly statedLate: number;
  /** Of the items looked at: those of which something was received only once their state was final. */
  readonly toldAfterwards: number;
  readonly casesA: number;
  readonly casesB: number;
  readonly scored: number;
  readonly candidates: readonly (readonly { readonly attribute: string; readonly value: string }[])[];
  readonly findings: readonly SegmentFinding[];
  /** The items that were looked at, as `members` of a finding counts them. */
  readonly items: readonly LoadedItemRow[];
}

/**
 * Reads what segments are looked for in, once for all groups of a question.
 *
 * @returns looks in one group; `baselinePico`: what an outcome of it costs otherwise, null = nobody said
 */
export async function searchSegments(
  client: Client,
  tenantId: bigint,
  population: CostPerOutcomeQuery,
): Promise<(group: RowGroup, baselinePico: bigint | null) => GroupSegments> {
  const intake = await intakeOfItems(client, tenantId, population);
  const halves = await halvesOf(client, tenantId, population.size);
  const items =
    intake.declared.length === 0 || halves === null
      ? []
      : await readLoadedItems(client, tenantId, population, MOST_ITEMS + 1);
  if (items.length > MOST_ITEMS)
    throw new RejectedInput(
      'unprocessable',
      `more than ${MOST_ITEMS} items: ask for a shorter period`,
      'from',
    );
  const byGroup = new Map<string, LoadedItemRow[]>();
  for (const item of items) {
    const key = JSON.stringify(population.groupBy.length === 0 ? null : item.group);
    const list = byGroup.get(key);
    if (list) list.push(item);
    else byGroup.set(key, [item]);
  }
  return (group, baselinePico) =>
    lookIn(byGroup.get(JSON.stringify(group)) ?? [], { intake, halves, baselinePico });
}

interface Look {
  readonly intake: KnownIntake;
  readonly halves: Halves | null;
  readonly baselinePico: bigint | null;
}

function lookIn(items: readonly LoadedItemRow[], { intake, halves, baselinePico }: Look): GroupSegments {
  const spent = items.filter(({ attempts }) => attempts > 0);
  const priced = spent.filter(({ isIncomplete }) => !isIncomplete);
  const known = priced
    .map((item) => ({ item, said: intake.of(item.ref, item.firstAttemptAtUs) }))
    .filter(({ said }) => Object.keys(said.labels).length + Object.keys(said.numbers).length > 0);
  const { search, findings } = segmentEconomics(
    halves === null ? [] : known.map((each) => toSegmentItem(each, halves)),
    baselinePico,
  );
  return {
    state: stateOf(intake, halves, known.length, search, findings.length),
    attributes: intake.declared.map(({ name }) => name),
    salt: halves?.salt ?? null,
    withoutSpend: items.length - spent.length,
    unknownCost: spent.length - priced.length,
    withoutIntake: priced.length - known.length,
    statedLate: known.filter(({ said }) => said.late.length > 0).length,
    toldAfterwards: known.filter(({ item }) => intake.isToldAfterwards(item.ref, item.finalAtUs)).length,
    ...search,
    findings,
    items: known.map(({ item }) => item),
  };
}

function stateOf(
  { declared }: KnownIntake,
  halves: Halves | null,
  known: number,
  { casesA, casesB }: { readonly casesA: number; readonly casesB: number },
  found: number,
): GroupSegments['state'] {
  if (declared.length === 0) return { state: 'none_declared' };
  if (halves === null) return { state: 'nothing_sealed' };
  if (Math.min(casesA, casesB) < FEWEST_OF_HALF) return { state: 'too_few', known };
  return found > 0
    ? { state: 'found' }
    : { state: 'none_found', attributes: declared.length, looked: casesA + casesB };
}

const toSegmentItem = (
  { item, said }: { readonly item: LoadedItemRow; readonly said: ReturnType<KnownIntake['of']> },
  { halfOf }: Halves,
): SegmentItem => ({
  labels: said.labels,
  numbers: said.numbers,
  half: halfOf(item.surrogateId),
  isAchieved: item.isAchieved,
  attempts: item.attempts,
  callsPico: item.callsPico,
  loadedPico: item.loadedPico,
});
