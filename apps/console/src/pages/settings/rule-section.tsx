import { useId, useState, type ReactNode } from 'react';
import { useSession } from '../../api/session.ts';
import { useGet } from '../../api/use-get.ts';
import type { Schemas } from '../../api/wire-types.ts';
import { showTime } from '../../format/time.ts';
import { Section } from '../../layout/page.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { ChangeFlow } from './change-flow.tsx';
import type { RuleKind } from './rule-kinds.ts';

type Version = Schemas['SettingVersion'];

/** All versions of one kind of rule, and the next one: written as JSON, previewed, recorded. */
export function RuleSection({ kind }: { readonly kind: RuleKind }): ReactNode {
  const versions = useGet(kind.path, {});
  const [text, setText] = useState<string | null>(null);
  return (
    <Section title={kind.title} lead={kind.lead}>
      <Answered query={versions} what={kind.title.toLowerCase()}>
        {({ items }) => (
          <VersionTable
            caption={`${kind.title}, every version`}
            file={kind.section}
            items={items}
            onCopy={(version) => setText(asBody(version))}
          />
        )}
      </Answered>
      <RuleEditor kind={kind} text={text ?? JSON.stringify(kind.example, null, 2)} onChange={setText} />
    </Section>
  );
}

/** A version as the body that would record it again. */
const asBody = ({ name, rule }: Version): string => JSON.stringify({ name, rule }, null, 2);

export function VersionTable(props: {
  readonly caption: string;
  readonly file: string;
  readonly items: readonly Version[];
  readonly onCopy?: (version: Version) => void;
}): ReactNode {
  const { onCopy } = props;
  return (
    <DataTable
      caption={props.caption}
      file={props.file}
      rows={props.items}
      keyOf={({ name, version }) => `${name} ${version}`}
      empty={
        <Empty title="None yet">
          What is recorded below stands here with its date; nothing is ever changed.
        </Empty>
      }
      columns={[
        { title: 'Name', cell: ({ name }) => name, csv: ({ name }) => name },
        {
          title: 'Version',
          cell: ({ version }) => (version === 0 ? 'shipped' : version),
          csv: ({ version }) => version,
        },
        {
          title: 'Holds from',
          cell: ({ validFrom }) => (validFrom === null ? 'the beginning' : showTime(validFrom)),
          csv: ({ validFrom }) => validFrom,
        },
        {
          title: 'Rule',
          cell: ({ rule }) => (
            <details className="rule">
              <summary>{summaryOf(rule)}</summary>
              <pre className="code">{JSON.stringify(rule, null, 2)}</pre>
            </details>
          ),
          csv: ({ rule }) => JSON.stringify(rule),
        },
        {
          title: 'Recorded',
          cell: ({ createdAt }) => showTime(createdAt),
          csv: ({ createdAt }) => createdAt,
        },
        ...(onCopy === undefined
          ? []
          : [
              {
                title: 'Next',
                cell: (version: Version) => (
                  <button type="button" className="quiet" onClick={() => onCopy(version)}>
                    Next version<span className="visually-hidden"> of {version.name}</span>
                  </button>
                ),
              },
            ]),
      ]}
    />
  );
}

/** The first members of a rule, enough to tell one from another. */
function summaryOf(rule: unknown): string {
  const text = JSON.stringify(rule).replaceAll('"', '').slice(1, -1);
  return text.length <= 60 ? text : `${text.slice(0, 57)} …`;
}

function RuleEditor(props: {
  readonly kind: RuleKind;
  readonly text: string;
  readonly onChange: (text: string) => void;
}): ReactNode {
  const { kind, text } = props;
  const { client } = useSession();
  const id = useId();
  const [error, isReady] = check(text);
  return (
    <div className="card">
      <h3>Record a version</h3>
      <label htmlFor={id}>
        As JSON, as <code>POST {kind.path}</code> takes it
      </label>
      <textarea
        id={id}
        rows={Math.min(24, Math.max(8, text.split('\n').length + 1))}
        spellCheck={false}
        value={text}
        aria-invalid={!isReady}
        aria-describedby={`${id}-error`}
        onChange={({ target }) => props.onChange(target.value)}
      />
      <p id={`${id}-error`} className="hint" aria-live="polite">
        {error}
      </p>
      <ChangeFlow
        key={text}
        isReady={isReady}
        toPreview={() => ({ kind: kind.preview, body: JSON.parse(text) })}
        record={(previewId) => client.post(kind.path, { query: { previewId } }, JSON.parse(text))}
      />
    </div>
  );
}

function check(text: string): readonly [string, boolean] {
  try {
    JSON.parse(text);
    return ['', true];
  } catch (error) {
    return [`This is no JSON: ${error instanceof Error ? error.message : ''}`, false];
  }
}
