import { useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import { useSession } from '../../api/session.ts';
import { useGet } from '../../api/use-get.ts';
import { showCount } from '../../format/number.ts';
import { showTime } from '../../format/time.ts';
import { Field } from '../../layout/filter-bar.tsx';
import { Section } from '../../layout/page.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { useAddresses } from '../../url/use-addresses.ts';
import { ChangeFlow } from './change-flow.tsx';
import { PriceRows } from './price-rows.tsx';
import { toPriceBook, type GivenPrice } from './price-row.ts';

const EMPTY: GivenPrice = {
  book: 'own-prices',
  source: '',
  provider: '',
  model: '',
  input: '',
  cacheRead: '',
  output: '',
};

/** Price books, what waits for a price, and a form for one. */
export function PricesSection(): ReactNode {
  const books = useGet('/v1/price-books', {});
  const [given, setGiven] = useState(EMPTY);
  return (
    <>
      <Unpriced given={given} onChange={setGiven} />
      <PriceForm given={given} onChange={setGiven} />
      <Section title="Price books" lead="Your own come before the shipped one, in the order of their names.">
        <Answered query={books} what="price books">
          {({ items }) => (
            <DataTable
              caption="Versions of price books"
              isCaptionHidden
              file="price-books"
              rows={items}
              keyOf={({ book, version, isShipped }) => `${book} ${version} ${isShipped}`}
              empty={<Empty title="No price books">The shipped one is installed at the first start.</Empty>}
              columns={[
                { title: 'Book', cell: ({ book }) => book, csv: ({ book }) => book },
                { title: 'Version', cell: ({ version }) => version, csv: ({ version }) => version },
                {
                  title: 'From',
                  cell: ({ isShipped }) => (isShipped ? 'shipped' : 'your own'),
                  csv: ({ isShipped }) => isShipped,
                },
                { title: 'Source', cell: ({ source }) => source, csv: ({ source }) => source },
                {
                  title: 'Rows',
                  align: 'end',
                  cell: ({ rowCount }) => showCount(rowCount),
                  csv: ({ rowCount }) => rowCount,
                },
                {
                  title: 'Recorded',
                  cell: ({ createdAt }) => showTime(createdAt),
                  csv: ({ createdAt }) => createdAt,
                },
                {
                  title: 'Root',
                  cell: ({ root }) => <code title={root}>{root.slice(0, 10)}…</code>,
                  csv: ({ root }) => root,
                },
              ]}
            />
          )}
        </Answered>
        <PriceRows books={books.data?.items ?? []} />
      </Section>
    </>
  );
}

interface PriceProps {
  readonly given: GivenPrice;
  readonly onChange: (given: GivenPrice) => void;
}

function Unpriced({ given, onChange }: PriceProps): ReactNode {
  const unpriced = useGet('/v1/set-aside', { query: { kind: 'unpriced', limit: '1' } });
  const addresses = useAddresses();
  return (
    <Section
      title="Without a price"
      lead="These calls are counted, but nobody has said what they cost: figures that hold them are lower bounds until a price is recorded, which then counts for the past too."
    >
      <Answered query={unpriced} what="what has no price">
        {({ groups }) => (
          <DataTable
            caption="Models without a price"
            isCaptionHidden
            file="unpriced"
            rows={groups}
            keyOf={({ provider, model, reason }) => `${provider} ${model} ${reason}`}
            empty={<p className="notice good">Every call that arrived has a price.</p>}
            columns={[
              { title: 'Model', cell: ({ model }) => model ?? 'not named', csv: ({ model }) => model },
              {
                title: 'Provider',
                cell: ({ provider }) => provider ?? 'not named',
                csv: ({ provider }) => provider,
              },
              {
                title: 'Calls',
                align: 'end',
                cell: ({ calls }) => showCount(calls),
                csv: ({ calls }) => calls,
              },
              {
                title: 'Why',
                cell: ({ reason }) => reason.replaceAll('_', ' '),
                csv: ({ reason }) => reason,
              },
              {
                title: 'Price',
                cell: ({ model, provider }) => (
                  <button
                    type="button"
                    className="quiet"
                    onClick={() => onChange({ ...given, model: model ?? '', provider: provider ?? '*' })}
                  >
                    Fill in below<span className="visually-hidden"> for {model}</span>
                  </button>
                ),
              },
            ]}
          />
        )}
      </Answered>
      <p>
        <Link href={addresses.quality({ kind: 'unpriced' })}>See the calls</Link>
      </p>
    </Section>
  );
}

function PriceForm({ given, onChange }: PriceProps): ReactNode {
  const { client } = useSession();
  const price = toPriceBook(given);
  const field = (label: string, name: keyof GivenPrice, size: number, placeholder = ''): ReactNode => (
    <Field label={label}>
      {(id) => (
        <input
          id={id}
          size={size}
          placeholder={placeholder}
          value={given[name]}
          onChange={({ target }) => onChange({ ...given, [name]: target.value })}
        />
      )}
    </Field>
  );
  return (
    <form className="card" onSubmit={(event) => event.preventDefault()}>
      <h3>Add a price</h3>
      <p className="hint">
        In USD per million tokens, as price lists have it; leave empty what you do not know. Lists as CSV, or
        as LiteLLM, genai-prices and models.dev publish them, go to <code>POST /v1/price-books</code>.
      </p>
      <div className="row">
        {field('Provider', 'provider', 14, 'openai')}
        {field('Model', 'model', 22, 'gpt-4.1')}
        {field('Input', 'input', 7, '0.09')}
        {field('Cached input', 'cacheRead', 7)}
        {field('Output', 'output', 7, '0.35')}
        {field('Where it is from', 'source', 28, 'Contract 2026-09')}
        {field('Into the book', 'book', 14)}
      </div>
      {'errors' in price && given.model !== '' && <p className="hint">{price.errors.join('; ')}</p>}
      <ChangeFlow
        key={JSON.stringify(given)}
        isReady={'body' in price}
        toPreview={() => ({ kind: 'price_book', body: bodyOf(price) })}
        record={(previewId) => client.post('/v1/price-books', { query: { previewId } }, bodyOf(price))}
      />
    </form>
  );
}

function bodyOf(price: ReturnType<typeof toPriceBook>): Extract<typeof price, { body: unknown }>['body'] {
  if ('errors' in price) throw new Error(price.errors.join('; '));
  return price.body;
}
