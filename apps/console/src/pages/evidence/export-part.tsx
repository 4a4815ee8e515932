import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useGet } from '../../api/use-get.ts';
import { useSession } from '../../api/session.ts';
import type { Schemas } from '../../api/wire-types.ts';
import { showCount } from '../../format/number.ts';
import { showTime } from '../../format/time.ts';
import { Field } from '../../layout/filter-bar.tsx';
import { Section } from '../../layout/page.tsx';
import { DataTable, type Column } from '../../parts/data-table.tsx';
import { saveFile } from '../../parts/save-file.ts';
import { Answered, Empty, Failure } from '../../parts/states.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { readKept } from '../../proofs/kept-log.ts';
import { useSearchValue } from '../../url/use-filters.ts';

type Export = Schemas['Export'];
type Scope = Schemas['NewExport']['scope'];

const SCOPES: readonly Scope['kind'][] = ['work_items', 'period', 'tenant'];

const isWorking = ({ state }: Export): boolean => state === 'waiting' || state === 'building';

/** Evidence bundles: what an auditor takes away and checks without us. */
export function ExportPart(): ReactNode {
  const exports = useGet('/v1/exports', {}, { refetchInterval: 2_000 });
  const [error, setError] = useState<unknown>(null);
  return (
    <>
      <Section
        title="Evidence bundles"
        lead="A directory that is checked offline, claim by claim, by one file that needs Node.js alone. The same request gives the same bytes."
      >
        <ExportForm />
        {error !== null && <Failure error={error} />}
        <Answered query={exports} what="bundles">
          {({ items }) => (
            <DataTable
              caption="Bundles"
              isCaptionHidden
              file="exports"
              rows={items}
              keyOf={({ exportId }) => exportId}
              columns={columnsOf(setError)}
              empty={
                <Empty title="None yet">
                  Ask for one above. It is made in the background and kept for a day.
                </Empty>
              }
            />
          )}
        </Answered>
      </Section>
      <Section title="How to check it">
        <pre className="code" tabIndex={0}>{`tar xf bundle.tar -C bundle
node bundle/verify/verify.mjs bundle          # PASS or FAIL, claim by claim
npx outcome-ledger verify bundle --vkey ... --checkpoint ...   # with what you kept`}</pre>
      </Section>
    </>
  );
}

const columnsOf = (onError: (error: unknown) => void): readonly Column<Export>[] => [
  { title: 'Asked', cell: ({ requestedAt }) => showTime(requestedAt), csv: ({ requestedAt }) => requestedAt },
  { title: 'Of', cell: ({ scope }) => scopeText(scope), csv: ({ scope }) => scopeText(scope) },
  { title: 'Why', cell: ({ purpose }) => purpose, csv: ({ purpose }) => purpose },
  { title: 'Log size', align: 'end', cell: ({ size }) => showCount(size), csv: ({ size }) => size },
  {
    title: 'State',
    cell: (row) =>
      isWorking(row) ? (
        <span role="status">
          {row.stage || row.state} {row.total > 0 && `${showCount(row.done)} of ${showCount(row.total)}`}
        </span>
      ) : (
        (row.error ?? row.state)
      ),
    csv: ({ state }) => state,
  },
  { title: 'SHA-256', cell: ({ sha256 }) => <code>{sha256 ?? '–'}</code>, csv: ({ sha256 }) => sha256 },
  { title: 'Bundle', cell: (row) => <Download row={row} onError={onError} /> },
];

function Download({
  row,
  onError,
}: {
  readonly row: Export;
  readonly onError: (error: unknown) => void;
}): ReactNode {
  const { client } = useSession();
  const [isLoading, setLoading] = useState(false);
  if (row.state !== 'ready') return row.state === 'dropped' ? 'kept for a day; ask again' : '–';
  const download = async (): Promise<void> => {
    setLoading(true);
    try {
      const archive = await client.bytes('/v1/exports/{exportId}/bundle', {
        path: { exportId: row.exportId },
      });
      saveFile(`evidence-${row.exportId}.tar`, archive);
    } catch (error) {
      onError(error);
    } finally {
      setLoading(false);
    }
  };
  return (
    <button type="button" disabled={isLoading} onClick={() => void download()}>
      {isLoading ? 'Loading …' : `Download (${showCount(Math.ceil((row.bytes ?? 0) / 1024))} KiB)`}
    </button>
  );
}

function ExportForm(): ReactNode {
  const { client, me } = useSession();
  const queries = useQueryClient();
  const [workItem] = useSearchValue('work_item');
  const [kind, setKind] = useState<Scope['kind']>('work_items');
  const [named, setNamed] = useState(workItem ?? '');
  const [purpose, setPurpose] = useState('');
  const [content, setContent] = useState(false);
  const since = readKept(me.tenant)?.size;
  const ask = useMutation({
    mutationFn: () => {
      const body = {
        scope: scopeOf(kind, named),
        purpose,
        content,
        ...(since === undefined ? {} : { since }),
      };
      return client.post('/v1/exports', {}, body);
    },
    onSuccess: () =>
      queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[2] === '/v1/exports' }),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    ask.mutate();
  };
  return (
    <form className="card" aria-label="Ask for a bundle" onSubmit={submit}>
      <div className="row">
        <ScopeField kind={kind} onKind={setKind} />
        <NamedField kind={kind} named={named} onNamed={setNamed} />
        <TextField
          label="Why (stands in the bundle and its leaf)"
          required
          minLength={3}
          size={28}
          value={purpose}
          onText={setPurpose}
        />
      </div>
      <label className="row">
        <input type="checkbox" checked={content} onChange={({ target }) => setContent(target.checked)} />
        <span>Open what was received: needs a grant, and stands in the access log</span>
      </label>
      {since !== undefined && (
        <p className="hint">
          With the proof that it continues the checkpoint of {showCount(since)} leaves that you kept.
        </p>
      )}
      {ask.isError && <Failure error={ask.error} />}
      <div className="row">
        <button type="submit" className="primary" disabled={ask.isPending}>
          Make a bundle
        </button>
      </div>
    </form>
  );
}

function NamedField(props: {
  readonly kind: Scope['kind'];
  readonly named: string;
  readonly onNamed: (text: string) => void;
}): ReactNode {
  const { kind, named, onNamed } = props;
  if (kind === 'tenant') return null;
  return kind === 'period' ? (
    <TextField
      label="Month"
      required
      pattern="[0-9]{4}-[0-9]{2}"
      placeholder="2026-10"
      value={named}
      onText={onNamed}
    />
  ) : (
    <TextField
      label="Names, separated by spaces"
      required
      size={28}
      placeholder="ticket:8123 ticket:8124"
      value={named}
      onText={onNamed}
    />
  );
}

function ScopeField(props: {
  readonly kind: Scope['kind'];
  readonly onKind: (kind: Scope['kind']) => void;
}): ReactNode {
  const onChange = (text: string): void => props.onKind(SCOPES.find((each) => each === text) ?? 'work_items');
  return (
    <Field label="Of">
      {(id) => (
        <select id={id} value={props.kind} onChange={({ target }) => onChange(target.value)}>
          <option value="work_items">Work items</option>
          <option value="period">A month</option>
          <option value="tenant">Everything</option>
        </select>
      )}
    </Field>
  );
}

function scopeOf(kind: Scope['kind'], named: string): Scope {
  if (kind === 'work_items') return { kind, workItems: named.trim().split(/\s+/) };
  return kind === 'period' ? { kind, period: named.trim() } : { kind };
}

const scopeText = (scope: Export['scope']): string =>
  scope.kind === 'work_items'
    ? scope.workItems.join(' ')
    : scope.kind === 'period'
      ? scope.period
      : 'everything';
