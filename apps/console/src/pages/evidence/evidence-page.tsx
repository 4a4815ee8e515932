import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { Page } from '../../layout/page.tsx';
import { useAddresses } from '../../url/use-addresses.ts';
import { useSearchValue } from '../../url/use-filters.ts';
import { AccessPart } from './access-part.tsx';
import { ExportPart } from './export-part.tsx';
import { LeafPart } from './leaf-part.tsx';
import { LogPart } from './log-part.tsx';
import { ReceiptPart } from './receipt-part.tsx';

const PARTS = {
  log: ['The log', LogPart],
  leaf: ['A leaf', LeafPart],
  receipt: ['A receipt', ReceiptPart],
  export: ['Take it away', ExportPart],
  access: ['Who read content', AccessPart],
} as const;
type PartName = keyof typeof PARTS;
const NAMES: readonly PartName[] = ['log', 'leaf', 'receipt', 'export', 'access'];

/** The evidence log: checked in the browser, leaf by leaf, and taken away. */
export function EvidencePage(): ReactNode {
  const to = useAddresses();
  const [tab] = useSearchValue('tab');
  const [leaf] = useSearchValue('leaf');
  const named: PartName = NAMES.find((name) => name === tab) ?? (leaf === null ? 'log' : 'leaf');
  const [, Part] = PARTS[named];
  return (
    <Page
      title="Evidence"
      lead="Everything that was received and done stands in an append-only log. Nothing here has to be believed: this browser checks it by itself."
    >
      <nav className="tabs" aria-label="Parts of the evidence">
        {Object.entries(PARTS).map(([name, [title]]) => (
          <Link
            key={name}
            href={to.evidence({ tab: name })}
            aria-current={name === named ? 'page' : undefined}
          >
            {title}
          </Link>
        ))}
      </nav>
      <Part />
    </Page>
  );
}
