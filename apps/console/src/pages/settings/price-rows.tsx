import { useState, type ReactNode } from 'react';
import { usePages } from '../../api/use-pages.ts';
import type { Schemas } from '../../api/wire-types.ts';
import { Field } from '../../layout/filter-bar.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Paged } from '../../parts/more-pages.tsx';
import { Empty } from '../../parts/states.tsx';

/** What one version of a book changed against the one before it. */
export function PriceRows({ books }: { readonly books: readonly Schemas['PriceBookVersion'][] }): ReactNode {
  const [chosen, setChosen] = useState('');
  const book = books.find((each) => nameOf(each) === chosen);
  return (
    <div className="section">
      <Field label="Show what a version changed">
        {(id) => (
          <select id={id} value={chosen} onChange={({ target }) => setChosen(target.value)}>
            <option value="">choose a version</option>
            {books.map((each) => (
              <option key={nameOf(each)} value={nameOf(each)}>
                {nameOf(each)}
              </option>
            ))}
          </select>
        )}
      </Field>
      {book !== undefined && <Difference book={book} />}
    </div>
  );
}

const nameOf = ({ book, version, isShipped }: Schemas['PriceBookVersion']): string =>
  `${book} ${version}${isShipped ? ' (shipped)' : ''}`;

function Difference({ book }: { readonly book: Schemas['PriceBookVersion'] }): ReactNode {
  const difference = usePages('/v1/price-books/{book}/diff', {
    path: { book: book.book },
    query: {
      from: String(book.version - 1),
      to: String(book.version),
      owner: book.isShipped ? 'shipped' : 'tenant',
      limit: '200',
    },
  });
  return (
    <Paged pages={difference} what="prices">
      {(all) => (
        <DataTable
          isPaged
          caption={`Prices of ${nameOf(book)}, pico-units per token`}
          file={`prices-${book.book}-${book.version}`}
          rows={all.flatMap(({ differences }) =>
            differences.flatMap((row) => row.prices.map((price) => ({ row, price }))),
          )}
          keyOf={({ row, price }, index) => `${row.provider} ${row.model} ${price.class} ${index}`}
          empty={<Empty title="Nothing differs">This version says what the one before it said.</Empty>}
          columns={[
            { title: 'Model', cell: ({ row }) => row.model, csv: ({ row }) => row.model },
            { title: 'Provider', cell: ({ row }) => row.provider, csv: ({ row }) => row.provider },
            { title: 'Class', cell: ({ price }) => price.class, csv: ({ price }) => price.class },
            {
              title: 'Before',
              align: 'end',
              cell: ({ price }) => price.before ?? 'none',
              csv: ({ price }) => price.before,
            },
            {
              title: 'After',
              align: 'end',
              cell: ({ price }) => price.after ?? 'none',
              csv: ({ price }) => price.after,
            },
            {
              title: 'Effect',
              cell: ({ price }) => price.effect.replaceAll('_', ' '),
              csv: ({ price }) => price.effect,
            },
          ]}
        />
      )}
    </Paged>
  );
}
