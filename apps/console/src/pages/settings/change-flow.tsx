import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { may, useSession } from '../../api/session.ts';
import { useGet } from '../../api/use-get.ts';
import type { Schemas } from '../../api/wire-types.ts';
import { Answered, Failure } from '../../parts/states.tsx';
import { PreviewView } from './preview-view.tsx';

interface ChangeFlowProps {
  /** What is asked about; null where such a change moves nothing and cannot be asked about. */
  readonly toPreview: (() => Schemas['NewPreview']) | null;
  /** Records it, if it is what the preview showed. */
  readonly record: (previewId: string | undefined) => Promise<unknown>;
  readonly isReady: boolean;
}

/** Look first, then record: what a change would move is worked out by the code that would post it, and rolled back. */
export function ChangeFlow({ toPreview, record, isReady }: ChangeFlowProps): ReactNode {
  const session = useSession();
  const queries = useQueryClient();
  const [previewId, setPreviewId] = useState<string | null>(null);
  const ask = useMutation({
    mutationFn: async (body: () => Schemas['NewPreview']) => session.client.post('/v1/previews', {}, body()),
    onSuccess: (preview) => setPreviewId(preview.previewId),
  });
  const keep = useMutation({
    mutationFn: () => record(previewId ?? undefined),
    onSuccess: async () => {
      setPreviewId(null);
      await queries.invalidateQueries();
    },
  });
  const mayRecord = may(session, 'admin');
  const error = keep.error ?? ask.error;
  return (
    <div className="section">
      <div className="row">
        {toPreview !== null && (
          <button
            type="button"
            disabled={!isReady || !mayRecord || ask.isPending}
            onClick={() => {
              keep.reset();
              ask.mutate(toPreview);
            }}
          >
            See what it would move
          </button>
        )}
        <button
          type="button"
          className="primary"
          disabled={!isReady || !mayRecord || keep.isPending}
          onClick={() => keep.mutate()}
        >
          {previewId === null ? 'Record it' : 'Record just this'}
        </button>
        {!mayRecord && <span className="hint">Trying and recording need a key with the role admin.</span>}
      </div>
      {error !== null && <Failure error={error} />}
      {keep.isSuccess && (
        <p className="notice good" role="status">
          Recorded. It is worked through everything it touches now; nothing that stood before was changed.
        </p>
      )}
      {previewId !== null && <Watched previewId={previewId} />}
    </div>
  );
}

/** A preview while it is worked out. */
function Watched({ previewId }: { readonly previewId: string }): ReactNode {
  const [isOpen, setOpen] = useState(true);
  const preview = useGet(
    '/v1/previews/{previewId}',
    { path: { previewId } },
    { refetchInterval: isOpen ? 500 : false },
  );
  if (isOpen && preview.data !== undefined && preview.data.state !== 'open') setOpen(false);
  return (
    <Answered query={preview} what="what it would move">
      {(data) => <PreviewView preview={data} />}
    </Answered>
  );
}
