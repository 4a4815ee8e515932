import { useMemo, useState, type ReactNode } from 'react';
import { useGet } from '../../api/use-get.ts';
import { useSession } from '../../api/session.ts';
import { showCount } from '../../format/number.ts';
import { showTime } from '../../format/time.ts';
import { Field } from '../../layout/filter-bar.tsx';
import { Section } from '../../layout/page.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Answered, Empty, Failure, Loading } from '../../parts/states.tsx';
import { Fact } from '../../parts/tie-out-line.tsx';
import { keep, readKept, type KeptLog } from '../../proofs/kept-log.ts';
import { useProofChecks } from '../../proofs/use-proof-checks.ts';
import { useText } from '../../proofs/use-text.ts';
import { Checks } from './checks.tsx';

/** The newest checkpoint, and whether it continues one that was kept. */
export function LogPart(): ReactNode {
  const { me } = useSession();
  const tenant = { tenant: me.tenant };
  const note = useText('/tlog/{tenant}/checkpoint', tenant);
  const served = useText('/tlog/{tenant}/policy', tenant);
  const [kept, setKept] = useState<KeptLog | null>(() => readKept(me.tenant));
  const store = (log: KeptLog | null): void => {
    keep(me.tenant, log);
    setKept(log);
  };
  return (
    <>
      <Section
        title="Newest checkpoint"
        lead="Size and root of the log, signed. With one that you kept from before, any later change of the past shows."
      >
        <Answered query={note} what="the checkpoint">
          {(text) => (
            <Answered query={served} what="the keys of the log">
              {(policy) => (
                <Newest
                  note={text}
                  policy={kept?.policy ?? policy}
                  isOwnKey={kept !== null && kept.policy !== policy}
                  kept={kept}
                  onKeep={store}
                />
              )}
            </Answered>
          )}
        </Answered>
      </Section>
      {kept !== null && <Continuity kept={kept} onKeep={store} />}
      <OwnEvidence kept={kept} served={served.data ?? ''} onKeep={store} />
      <Deliveries />
    </>
  );
}

function Newest(props: {
  readonly note: string;
  readonly policy: string;
  readonly isOwnKey: boolean;
  readonly kept: KeptLog | null;
  readonly onKeep: (log: KeptLog) => void;
}): ReactNode {
  const { note, policy } = props;
  const code = useProofChecks();
  const checked = useMemo(() => code?.checkCheckpoint(note, policy) ?? null, [code, note, policy]);
  if (checked === null) return <Loading what="the code that checks" />;
  const { check, checkpoint } = checked;
  return (
    <>
      <Checks checks={[check]} label="Newest checkpoint" />
      {checkpoint !== null && (
        <dl className="facts card">
          <Fact name="Log">
            <code>{checkpoint.origin}</code>
          </Fact>
          <Fact name="Leaves">
            <strong className="headline">{showCount(checkpoint.size)}</strong>
          </Fact>
          <Fact name="Root">
            <code>{checkpoint.root}</code>
          </Fact>
          <Fact name="Checked with">
            {props.isOwnKey ? 'your own keys' : 'the keys that the service itself serves'}
          </Fact>
        </dl>
      )}
      <details>
        <summary>The checkpoint, as it is signed</summary>
        <pre className="code" tabIndex={0}>
          {note}
        </pre>
      </details>
      {checkpoint !== null && props.kept === null && (
        <div className="row">
          <button
            type="button"
            onClick={() =>
              props.onKeep({
                policy,
                checkpoint: note,
                size: checkpoint.size,
                keptAt: new Date().toISOString(),
              })
            }
          >
            Keep this checkpoint in this browser
          </button>
          <span className="hint">
            From then on every visit checks that the log still begins with what was signed today.
          </span>
        </div>
      )}
    </>
  );
}

function Continuity({
  kept,
  onKeep,
}: {
  readonly kept: KeptLog;
  readonly onKeep: (log: KeptLog | null) => void;
}): ReactNode {
  const proof = useGet('/v1/proofs/consistency', { query: { from: String(kept.size) } });
  const code = useProofChecks();
  const checks = useMemo(() => {
    if (code === null || proof.data === undefined) return null;
    const { hashes, checkpoints } = proof.data;
    return code.checkConsistency({ from: kept.checkpoint, to: checkpoints.to, hashes }, kept.policy);
  }, [code, proof.data, kept]);
  return (
    <Section
      title="Since the checkpoint you kept"
      lead={`Kept ${showTime(kept.keptAt)}: ${showCount(kept.size)} leaves. The proof is the server's, the older checkpoint and the keys are yours.`}
      actions={
        <button type="button" className="quiet" onClick={() => onKeep(null)}>
          Forget it
        </button>
      }
    >
      {proof.isError && <Failure error={proof.error} />}
      {checks === null ? (
        !proof.isError && <Loading what="the proof" />
      ) : (
        <Checks checks={checks} label="Continuity" />
      )}
    </Section>
  );
}

/** A key and a checkpoint that the reader got another way: the only ones worth anything against who runs the service. */
function OwnEvidence(props: {
  readonly kept: KeptLog | null;
  readonly served: string;
  readonly onKeep: (log: KeptLog) => void;
}): ReactNode {
  const code = useProofChecks();
  const [policy, setPolicy] = useState(props.kept?.policy ?? '');
  const [note, setNote] = useState(props.kept?.checkpoint ?? '');
  const [problem, setProblem] = useState<string | null>(null);
  const check = (): void => {
    const keys = policy.trim() === '' ? props.served : `${policy.trim()}\n`;
    const checked = code?.checkCheckpoint(`${note.trim()}\n`, keys);
    if (checked === undefined) return;
    setProblem(checked.checkpoint === null ? checked.check.detail : null);
    if (checked.checkpoint === null) return;
    const { size } = checked.checkpoint;
    props.onKeep({ policy: keys, checkpoint: `${note.trim()}\n`, size, keptAt: new Date().toISOString() });
  };
  return (
    <details>
      <summary>Check against a checkpoint or a key of your own</summary>
      <form
        className="card"
        onSubmit={(event) => {
          event.preventDefault();
          check();
        }}
      >
        <p className="hint">
          Whoever has the database and the signing key could write another log. A checkpoint that you, a
          witness or a recipient kept shows it. Paste it as it was signed; with the keys, if you got them
          another way.
        </p>
        <Field label="Checkpoint (signed note)">
          {(id) => (
            <textarea
              id={id}
              rows={6}
              required
              value={note}
              onChange={({ target }) => setNote(target.value)}
            />
          )}
        </Field>
        <Field label="Keys (policy file); empty: those that the service serves">
          {(id) => (
            <textarea
              id={id}
              rows={3}
              placeholder={props.served}
              value={policy}
              onChange={({ target }) => setPolicy(target.value)}
            />
          )}
        </Field>
        {problem !== null && (
          <p className="notice bad" role="alert">
            {problem}
          </p>
        )}
        <button type="submit">Check and keep</button>
      </form>
    </details>
  );
}

function Deliveries(): ReactNode {
  const { me } = useSession();
  const deliveries = useGet('/tlog/{tenant}/deliveries', { path: { tenant: me.tenant } });
  return (
    <Section title="In other hands" lead="Checkpoints that reached those who keep them.">
      <Answered query={deliveries} what="deliveries">
        {({ items }) => (
          <DataTable
            caption="Deliveries of checkpoints"
            isCaptionHidden
            file="checkpoint-deliveries"
            rows={items}
            keyOf={({ log, recipient, size }) => `${log} ${recipient} ${size}`}
            columns={[
              { title: 'Recipient', cell: ({ recipient }) => recipient, csv: ({ recipient }) => recipient },
              { title: 'Log', cell: ({ log }) => log, csv: ({ log }) => log },
              { title: 'Size', align: 'end', cell: ({ size }) => showCount(size), csv: ({ size }) => size },
              {
                title: 'Delivered',
                cell: ({ deliveredAt }) => showTime(deliveredAt),
                csv: ({ deliveredAt }) => deliveredAt,
              },
            ]}
            empty={
              <Empty title="Nobody else keeps checkpoints">
                <p>
                  The settings <code>OL_WITNESSES</code> and <code>OL_CHECKPOINT_RECIPIENTS</code> put them
                  into the hands of witnesses and auditors. Until then only a checkpoint that you keep shows a
                  rewritten past.
                </p>
              </Empty>
            }
          />
        )}
      </Answered>
    </Section>
  );
}
