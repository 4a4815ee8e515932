import type { ReactNode } from 'react';

/** Chooses another entry of the trail. */
export function EntryLink({
  n,
  onChoose,
}: {
  readonly n: number;
  readonly onChoose: (n: number) => void;
}): ReactNode {
  return (
    <button type="button" className="link" onClick={() => onChoose(n)}>
      entry {n}
    </button>
  );
}
