import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { Link } from 'wouter';
import { useGet } from '../../api/use-get.ts';
import { may, useSession } from '../../api/session.ts';
import { showCount } from '../../format/number.ts';
import { showDay, showTime } from '../../format/time.ts';
import { Page, Section } from '../../layout/page.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Answered, Empty, Failure } from '../../parts/states.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { useAddresses } from '../../url/use-addresses.ts';
import { useSearchValue } from '../../url/use-filters.ts';
import { Bills } from './bills.tsx';
import { Bridge } from './bridge.tsx';

/** Months of the books: closed ones with their bridge and what changed since, and the bills of providers. */
export function PeriodsPage(): ReactNode {
  const session = useSession();
  const to = useAddresses();
  const periods = useGet('/v1/periods', {}, { refetchInterval: 10_000 });
  const [period] = useSearchValue('period');
  return (
    <Page
      title="Periods and bills"
      lead="What was closed stays as it was reported; what is known since stands beside it. A provider’s bill is compared with the charges, and the difference split exactly."
    >
      <Section title="Closed months" actions={may(session, 'approver') ? <CloseForm /> : undefined}>
        <Answered query={periods} what="months">
          {({ items }) => (
            <DataTable
              caption="Months"
              isCaptionHidden
              file="periods"
              rows={items}
              keyOf={(row) => row.period}
              columns={[
                {
                  title: 'Month',
                  cell: (row) => <Link href={to.period(row.period)}>{showDay(row.period)}</Link>,
                  csv: (row) => row.period,
                },
                { title: 'State', cell: ({ state }) => state, csv: ({ state }) => state },
                {
                  title: 'Closed',
                  cell: ({ closedAt }) => showTime(closedAt),
                  csv: ({ closedAt }) => closedAt,
                },
                {
                  title: 'Log size',
                  align: 'end',
                  cell: ({ size }) => showCount(size),
                  csv: ({ size }) => size,
                },
                { title: 'Root', cell: ({ root }) => <code>{root ?? '–'}</code>, csv: ({ root }) => root },
              ]}
              empty={
                <Empty title="No month is closed yet">
                  After a close nothing is posted to the month: what is learnt later goes to the next one, and
                  says so. Somebody with the role approver closes months, in their order.
                </Empty>
              }
            />
          )}
        </Answered>
      </Section>
      {period !== null && <Bridge key={period} period={period} />}
      <Bills />
    </Page>
  );
}

function CloseForm(): ReactNode {
  const { client } = useSession();
  const queries = useQueryClient();
  const [month, setMonth] = useState('');
  const close = useMutation({
    mutationFn: () => client.post('/v1/periods/{period}/close', { path: { period: month } }, undefined),
    onSuccess: () =>
      queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[2] === '/v1/periods' }),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    close.mutate();
  };
  return (
    <form className="row" aria-label="Close a month" onSubmit={submit}>
      {close.isError && <Failure error={close.error} />}
      <TextField
        label="Close the month"
        required
        pattern="[0-9]{4}-[0-9]{2}"
        placeholder="2026-10"
        size={9}
        value={month}
        onText={setMonth}
      />
      <button type="submit">Close</button>
    </form>
  );
}
