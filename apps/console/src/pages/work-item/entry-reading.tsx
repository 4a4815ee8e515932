import { Fragment, type ReactNode } from 'react';
import { showCount } from '../../format/number.ts';
import { spaced, type Reading } from './describe-entry.ts';
import { EntryLink } from './entry-link.tsx';

const USES = {
  used: 'used',
  ignored: 'not used by anything that was written afterwards',
  unknown: 'not known whether it was used',
} as const;
const EVIDENCE = {
  declared: 'the agent says so',
  id: 'its id stands in a later text',
  text: 'eight of its words in a row stand in a later text',
  in_no_later_text: 'nothing of it stands in any later text',
} as const;
const BASES = {
  call_id: 'answers the call by its id',
  same_text: 'the same text',
  quotes_document: 'quotes a document of it',
} as const;

/** What names and content add to an entry: what was seen, could have been called, was used. */
export function EntryReading(props: {
  readonly reading: Reading;
  readonly isContentOpen: boolean;
  readonly onChoose: (n: number) => void;
}): ReactNode {
  const { reading, onChoose } = props;
  return (
    <>
      {reading.error !== null && (
        <p className="notice bad">
          <span>
            <strong>Error:</strong> {reading.error}
          </span>
        </p>
      )}
      {reading.asked !== null && (
        <p>
          {reading.asked === 'same'
            ? 'It asked the same again.'
            : reading.asked === 'changed'
              ? 'It asked something else than before.'
              : 'Whether it asked the same again is not recorded.'}
        </p>
      )}
      {reading.documents !== null && <Documents documents={reading.documents} onChoose={onChoose} />}
      {reading.seen !== null && <Seen seen={reading.seen} onChoose={onChoose} />}
      {reading.available !== null && (
        <p>Could have called: {reading.available.length === 0 ? 'no tool' : reading.available.join(', ')}.</p>
      )}
      {reading.content.length > 0 && <Content reading={reading} isContentOpen={props.isContentOpen} />}
    </>
  );
}

function Documents(props: {
  readonly documents: NonNullable<Reading['documents']>;
  readonly onChoose: (n: number) => void;
}): ReactNode {
  return (
    <>
      <h3>Documents it brought</h3>
      <ul className="plain">
        {props.documents.map(({ id, use, by, n }, index) => (
          <li key={`${id} ${index}`}>
            <span className={`mark ${use === 'used' ? 'good' : use === 'ignored' ? 'warn' : 'plain'}`}>
              {use}
            </span>{' '}
            <strong>{id ?? 'a document without an id'}</strong>: {USES[use]}
            {by !== null && ` (${EVIDENCE[by]})`}
            {n !== null && (
              <>
                {' '}
                in <EntryLink n={n} onChoose={props.onChoose} />
              </>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

function Seen(props: {
  readonly seen: NonNullable<Reading['seen']>;
  readonly onChoose: (n: number) => void;
}): ReactNode {
  return (
    <>
      <h3>What it saw</h3>
      <ol className="plain">
        {props.seen.map(({ role, characters, from, basis }, index) => (
          <li key={index}>
            {role ?? 'a message'}, {showCount(characters)} characters
            {from === null ? (
              ', from outside or not known'
            ) : (
              <>
                , from <EntryLink n={from} onChoose={props.onChoose} />
                {basis !== null && ` (${BASES[basis]})`}
              </>
            )}
          </li>
        ))}
      </ol>
    </>
  );
}

function Content({
  reading,
  isContentOpen,
}: {
  readonly reading: Reading;
  readonly isContentOpen: boolean;
}): ReactNode {
  return (
    <>
      <h3>Content</h3>
      {reading.content.map((part) => (
        <Fragment key={part.part}>
          {'redacted' in part ? (
            <p className="soft">
              {spaced(part.part)}: {part.redacted.by === 'erasure' ? 'erased' : 'not stored any more'}
              {part.redacted.leaf !== null && `, says leaf ${part.redacted.leaf}`}
            </p>
          ) : part.text === undefined || !isContentOpen ? (
            <p className="soft">
              {spaced(part.part)}: {showCount(part.characters)} characters
            </p>
          ) : (
            <details open>
              <summary>
                {part.part} ({part.mediaType}, {showCount(part.characters)} characters)
              </summary>
              <pre className="code content-text" tabIndex={0}>
                {readable(part.text, part.mediaType)}
              </pre>
            </details>
          )}
        </Fragment>
      ))}
    </>
  );
}

/** JSON on several lines where it is JSON; the very text otherwise. */
function readable(text: string, mediaType: string): string {
  if (mediaType !== 'application/json') return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
