import { useState, type ReactNode } from 'react';
import { useGet } from '../../api/use-get.ts';
import { showCount } from '../../format/number.ts';
import { showTime } from '../../format/time.ts';
import { Field } from '../../layout/filter-bar.tsx';
import { Section } from '../../layout/page.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { Fact } from '../../parts/tie-out-line.tsx';
import { useSearchValue } from '../../url/use-filters.ts';
import { ProvenLeaf } from './leaf-part.tsx';

const STATES = {
  waiting: 'stored durably, not yet in the log',
  sealed: 'in the log, under the next checkpoint',
  signed: 'in the log, under a signed checkpoint',
} as const;

/** What became of one export request of an agent. */
export function ReceiptPart(): ReactNode {
  const [batch, setBatch] = useSearchValue('batch');
  const [text, setText] = useState(batch ?? '');
  return (
    <Section
      title="The receipt of an export request"
      lead="Every span that was received is counted in exactly one of them, as stored, duplicate, conflicting or rejected."
    >
      <form
        className="filters"
        aria-label="Choose a receipt"
        onSubmit={(event) => {
          event.preventDefault();
          setBatch(text.trim());
        }}
      >
        <Field label="Batch id">
          {(id) => (
            <input
              id={id}
              required
              size={38}
              spellCheck={false}
              value={text}
              onChange={({ target }) => setText(target.value)}
            />
          )}
        </Field>
        <button type="submit">Show</button>
      </form>
      {batch === null ? (
        <Empty title="Which request?">
          Each export request of an agent has a leaf of the kind <code>spans.batch</code> that names its
          batch. The leaf of the batch leads here.
        </Empty>
      ) : (
        <Receipt key={batch} batch={batch} />
      )}
    </Section>
  );
}

function Receipt({ batch }: { readonly batch: string }): ReactNode {
  const receipt = useGet('/v1/receipts/{batch}', { path: { batch } });
  return (
    <Answered query={receipt} what="the receipt">
      {(found) => (
        <>
          <dl className="facts card">
            <Fact name="State">{STATES[found.state]}</Fact>
            <Fact name="Received">{showTime(found.receivedAt)}</Fact>
            <Fact name="Signal">{found.signal}</Fact>
            <Fact name="Spans received">{showCount(found.received)}</Fact>
            <Fact name="Stored">{showCount(found.stored)}</Fact>
            <Fact name="Sent before">{showCount(found.duplicate)}</Fact>
            <Fact name="Conflicting">{showCount(found.conflicting)}</Fact>
            <Fact name="Rejected">{showCount(found.rejected)}</Fact>
            <Fact name="Key">
              <code>{found.key}</code>
            </Fact>
            <Fact name="Digest">
              <code>{found.digest}</code>
              {found.isOpenable ? '' : ' (its salt was destroyed with content that is erased or expired)'}
            </Fact>
            {found.redaction !== null && <Fact name="Content was taken out by">{found.redaction}</Fact>}
          </dl>
          {found.leaf !== null && <ProvenLeaf leaf={found.leaf} />}
        </>
      )}
    </Answered>
  );
}
