import { useMemo, useState, type ReactNode } from 'react';
import { useGet } from '../../api/use-get.ts';
import { useSession } from '../../api/session.ts';
import type { Schemas } from '../../api/wire-types.ts';
import { showCount } from '../../format/number.ts';
import { Field } from '../../layout/filter-bar.tsx';
import { Section } from '../../layout/page.tsx';
import { saveFile } from '../../parts/save-file.ts';
import { Answered, Empty, Loading } from '../../parts/states.tsx';
import { Fact } from '../../parts/tie-out-line.tsx';
import { readKept } from '../../proofs/kept-log.ts';
import { useProofChecks } from '../../proofs/use-proof-checks.ts';
import { useText } from '../../proofs/use-text.ts';
import { useSearchValue } from '../../url/use-filters.ts';
import { Checks } from './checks.tsx';

/** One leaf of the log with its proof, checked here. */
export function LeafPart(): ReactNode {
  const [leaf, setLeaf] = useSearchValue('leaf');
  const [text, setText] = useState(leaf ?? '');
  const index = leaf !== null && /^\d{1,15}$/.test(leaf) ? leaf : null;
  const go = (to: string): void => {
    setText(to);
    setLeaf(to);
  };
  return (
    <Section
      title="A leaf and its proof"
      lead="That it stands in the log: its hash and the hashes beside its way lead to the root that is signed."
    >
      <form
        className="filters"
        aria-label="Choose a leaf"
        onSubmit={(event) => {
          event.preventDefault();
          setLeaf(text);
        }}
      >
        <Field label="Number of the leaf, from 0">
          {(id) => (
            <input
              id={id}
              inputMode="numeric"
              pattern="[0-9]+"
              required
              value={text}
              onChange={({ target }) => setText(target.value)}
            />
          )}
        </Field>
        <button type="submit">Show</button>
        {index !== null && (
          <>
            <button type="button" disabled={index === '0'} onClick={() => go(String(BigInt(index) - 1n))}>
              Previous
            </button>
            <button type="button" onClick={() => go(String(BigInt(index) + 1n))}>
              Next
            </button>
          </>
        )}
      </form>
      {index === null ? (
        <Empty title="Which leaf?">
          Every entry of a trail, every posting and every receipt names its leaf. Or start with 0, the first
          that was sealed.
        </Empty>
      ) : (
        <Leaf key={index} index={index} />
      )}
    </Section>
  );
}

function Leaf({ index }: { readonly index: string }): ReactNode {
  const proven = useGet('/v1/proofs/{leaf}', { path: { leaf: index } });
  return (
    <Answered query={proven} what="the proof">
      {(leaf) => <ProvenLeaf leaf={leaf} />}
    </Answered>
  );
}

/** The leaf, and what the browser finds of its proof; its bytes can be changed, to see that it is noticed. */
export function ProvenLeaf({ leaf }: { readonly leaf: Schemas['ProvenLeaf'] }): ReactNode {
  const { me } = useSession();
  const code = useProofChecks();
  const served = useText('/tlog/{tenant}/policy', { tenant: me.tenant });
  const policy = readKept(me.tenant)?.policy ?? served.data;
  const [entry, setEntry] = useState(leaf.entry);
  const checks = useMemo(
    () =>
      code === null || policy === undefined
        ? null
        : code.checkInclusion({ entry, index: leaf.index, proof: leaf.proof }, policy),
    [code, policy, entry, leaf],
  );
  return (
    <>
      {checks === null ? (
        <Loading what="the code that checks" />
      ) : (
        <Checks checks={checks} label={`Leaf ${leaf.index}`} />
      )}
      <dl className="facts card">
        {fieldsOf(leaf.entry).map(([name, value]) => (
          <Fact key={name} name={name}>
            {value}
          </Fact>
        ))}
      </dl>
      <details>
        <summary>The bytes that are hashed: change one, and see</summary>
        <Field label="Entry of the leaf (RFC 8785 JSON)">
          {(id) => (
            <textarea
              id={id}
              rows={6}
              spellCheck={false}
              value={entry}
              onChange={({ target }) => setEntry(target.value)}
            />
          )}
        </Field>
        {entry !== leaf.entry && (
          <button type="button" onClick={() => setEntry(leaf.entry)}>
            As it was sealed
          </button>
        )}
      </details>
      <details>
        <summary>
          The proof: {leaf.hashes.length} hashes under {showCount(leaf.size)} leaves
        </summary>
        <pre className="code" tabIndex={0}>
          {leaf.proof}
        </pre>
        <button
          type="button"
          onClick={() =>
            saveFile(`leaf-${leaf.index}.tlog-proof`, new Blob([leaf.proof], { type: 'text/plain' }))
          }
        >
          Save as .tlog-proof
        </button>
      </details>
    </>
  );
}

/** The members of a leaf in their order, values as text. */
function fieldsOf(entry: string): [string, string][] {
  const value: unknown = JSON.parse(entry);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).map(([name, each]) => [
    name,
    typeof each === 'string' ? each : JSON.stringify(each),
  ]);
}
