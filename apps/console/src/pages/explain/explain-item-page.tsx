import { useMemo, type ReactNode } from 'react';
import { Link } from 'wouter';
import { usePages } from '../../api/use-pages.ts';
import type { Schemas } from '../../api/wire-types.ts';
import { showCount } from '../../format/number.ts';
import { Page, Section } from '../../layout/page.tsx';
import type { PathParams } from '../path-params.ts';
import { Amount } from '../../parts/figure.tsx';
import { Paged } from '../../parts/more-pages.tsx';
import { SumLine } from '../../parts/sum-line.tsx';
import { Fact } from '../../parts/tie-out-line.tsx';
import type { WorkItemName } from '../../url/addresses.ts';
import { useAddresses } from '../../url/use-addresses.ts';
import { useFilters, useSearchValue } from '../../url/use-filters.ts';
import { CostLines } from './cost-lines.tsx';
import { LineDetail } from './line-detail.tsx';
import { LinkEvidence } from './link-evidence.tsx';
import { OutcomeEvents } from './outcome-events.tsx';

type Explanation = Schemas['CostExplanation'];

/** Every call, price row, rule, link, posting and event behind the cost of one work item. */
export function ExplainItemPage({ params }: { readonly params: PathParams }): ReactNode {
  const item: WorkItemName = { kind: params['kind'] ?? '', key: params['key'] ?? '' };
  const to = useAddresses();
  const [{ size, as_of: asOf }] = useFilters();
  const pages = usePages('/v1/work-items/{kind}/{key}/cost', {
    path: item,
    query: {
      history: 'true',
      limit: '1000',
      ...(size === undefined ? (asOf === undefined ? {} : { as_of: asOf }) : { size }),
    },
  });
  const readAt = pages.pages[0]?.size ?? null;
  return (
    <Page
      title={`Cost of ${item.kind}:${item.key}`}
      lead="Each line is a part of one charge: quantity times the price of a row, put where it sits by a link and its rule."
      actions={
        <>
          <Link className="button" href={to.workItem(item)}>
            Trail
          </Link>
          <Link className="button" href={to.transactions({ kind: item.kind, key: item.key, size: readAt })}>
            Postings
          </Link>
        </>
      }
    >
      <Paged pages={pages} what="lines">
        {(all) => <Whole item={item} all={all} hasMore={pages.hasMore} />}
      </Paged>
    </Page>
  );
}

function Whole(props: {
  readonly item: WorkItemName;
  readonly all: readonly Explanation[];
  readonly hasMore: boolean;
}): ReactNode {
  const [first] = props.all;
  const lines = useMemo(() => props.all.flatMap((page) => page.lines), [props.all]);
  const [span, setSpan] = useSearchValue('span');
  const to = useAddresses();
  if (first === undefined) return null;
  const chosen = lines.filter((line) => line.spanId === span);
  const inUsd = lines.filter(({ currency }) => currency === 'USD');
  return (
    <>
      <dl className="facts card">
        <Fact name="Cost">
          <strong className="headline">
            <Amount value={first.costUsd} isLowerBound={first.unpricedCalls + first.callsWithoutUsage > 0} />
          </strong>
        </Fact>
        <Fact name="Lines">{showCount(first.lineCount)}</Fact>
        <Fact name="Calls without a price">{showCount(first.unpricedCalls)}</Fact>
        <Fact name="Calls that did not say what they used">{showCount(first.callsWithoutUsage)}</Fact>
        <Fact name="Calls billed elsewhere">{showCount(first.callsBilledElsewhere)}</Fact>
        <Fact name="Read at log size">
          {first.size === null ? (
            'as the books stand'
          ) : (
            <>
              {showCount(first.size)} <Link href={to.itemAt(props.item, null)}>as the books stand now</Link>
            </>
          )}
        </Fact>
      </dl>
      <Section title="Calls" lead="Choose one to see its price rows, links and postings.">
        <CostLines item={props.item} lines={lines} chosen={span} onChoose={setSpan} />
        {first.costUsd !== null && inUsd.length > 0 && (
          <SumLine
            parts={inUsd.map(({ amount }) => amount)}
            figure={first.costUsd}
            what="lines in USD"
            isWhole={!props.hasMore}
          />
        )}
      </Section>
      {chosen.map((line) => (
        <LineDetail key={`${line.traceId} ${line.account} ${line.charge.callModel}`} line={line} />
      ))}
      <OutcomeEvents outcomes={first.outcomes} file={`${props.item.kind}-${props.item.key}`} />
      <LinkEvidence explanation={first} file={`${props.item.kind}-${props.item.key}`} />
    </>
  );
}
