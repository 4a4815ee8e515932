import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useSession } from '../../api/session.ts';
import { plural } from '../../format/outcome-words.ts';
import { Field } from '../../layout/filter-bar.tsx';
import { Failure } from '../../parts/states.tsx';
import { TextField } from '../../parts/text-field.tsx';

const FORMATS = {
  total: 'The total of an invoice, no file',
  openai_usage: 'OpenAI usage',
  openai_costs: 'OpenAI costs',
  anthropic_usage: 'Anthropic usage',
  anthropic_costs: 'Anthropic costs',
  focus: 'FOCUS 1.0 to 1.4',
  csv: 'CSV',
} as const;
type Format = keyof typeof FORMATS;
const isFormat = (text: string): text is Format => Object.hasOwn(FORMATS, text);

/** Sends a bill of a provider: what it charges for a month, or the lines of it as a file. */
export function BillForm(): ReactNode {
  const { client } = useSession();
  const queries = useQueryClient();
  const [format, setFormat] = useState<Format>('total');
  const [said, setSaid] = useState({ provider: '', period: '', number: '', total: '' });
  const [file, setFile] = useState<File | null>(null);
  const send = useMutation({
    mutationFn: () =>
      client.postFile('/v1/invoices', { query: { format, ...said } }, format === 'total' ? null : file),
    onSuccess: () =>
      queries.invalidateQueries({
        predicate: ({ queryKey }) => queryKey[2] === '/v1/invoices' || queryKey[2] === '/v1/reconciliation',
      }),
  });
  const text = (name: keyof typeof said, label: string, more: object = {}): ReactNode => (
    <TextField
      label={label}
      size={12}
      value={said[name]}
      onText={(value) => setSaid({ ...said, [name]: value })}
      {...more}
    />
  );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    send.mutate();
  };
  return (
    <form className="card" aria-label="Send a bill" onSubmit={submit}>
      <div className="row">
        <Field label="The bill is">
          {(id) => (
            <select
              id={id}
              value={format}
              onChange={({ target }) => isFormat(target.value) && setFormat(target.value)}
            >
              {Object.entries(FORMATS).map(([value, title]) => (
                <option key={value} value={value}>
                  {title}
                </option>
              ))}
            </select>
          )}
        </Field>
        {text('provider', 'Provider', { required: format === 'total', placeholder: 'openai' })}
        {text('period', 'Month', {
          required: format === 'total',
          pattern: '[0-9]{4}-[0-9]{2}',
          placeholder: '2026-10',
        })}
        {text('number', 'Number', { placeholder: 'none: a report' })}
        {format === 'total' ? (
          text('total', 'Total (USD)', {
            required: true,
            pattern: '-?[0-9]+([.][0-9]+)?',
            placeholder: '812.40',
          })
        ) : (
          <Field label="File">
            {(id) => (
              <input
                id={id}
                type="file"
                required
                onChange={({ target }) => setFile(target.files?.[0] ?? null)}
              />
            )}
          </Field>
        )}
        <button type="submit" className="primary field-button" disabled={send.isPending}>
          Send
        </button>
      </div>
      {send.isError && <Failure error={send.error} />}
      {send.data !== undefined && (
        <p className="notice good" role="status">
          {plural(send.data.documents.length, 'document')} taken in, with{' '}
          {plural(
            send.data.documents.reduce((sum, { lines }) => sum + lines, 0),
            'line',
          )}
          . It is compared with the charges in a moment.
        </p>
      )}
    </form>
  );
}
