import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useSession } from '../../api/session.ts';
import type { Schemas } from '../../api/wire-types.ts';
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
        <FormatField format={format} onFormat={setFormat} />
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
          <FileField onFile={setFile} />
        )}
        <button type="submit" className="primary field-button" disabled={send.isPending}>
          Send
        </button>
      </div>
      {send.isError && <Failure error={send.error} />}
      {send.data !== undefined && <Taken answer={send.data} />}
    </form>
  );
}

function FormatField(props: {
  readonly format: Format;
  readonly onFormat: (format: Format) => void;
}): ReactNode {
  return (
    <Field label="The bill is">
      {(id) => (
        <select
          id={id}
          value={props.format}
          onChange={({ target }) => isFormat(target.value) && props.onFormat(target.value)}
        >
          {Object.entries(FORMATS).map(([value, title]) => (
            <option key={value} value={value}>
              {title}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

function FileField({ onFile }: { readonly onFile: (file: File | null) => void }): ReactNode {
  return (
    <Field label="File">
      {(id) => (
        <input id={id} type="file" required onChange={({ target }) => onFile(target.files?.[0] ?? null)} />
      )}
    </Field>
  );
}

/** What was made of the file, and which lines of it were not understood. */
function Taken({ answer }: { readonly answer: Schemas['InvoiceAnswer'] }): ReactNode {
  const { documents, refused } = answer;
  const lines = documents.reduce((sum, each) => sum + each.lines, 0);
  return (
    <div className={refused.length === 0 ? 'notice good' : 'notice warn'} role="status">
      <p>
        {plural(documents.length, 'document')} taken in, with {plural(lines, 'line')}. It is compared with the
        charges in a moment.
      </p>
      {refused.length > 0 && (
        <ul>
          {refused.slice(0, 20).map(({ line, reason }) => (
            <li key={line}>
              line {line} is refused: {reason}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
