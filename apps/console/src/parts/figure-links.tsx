import { createContext, use, type ReactNode } from 'react';
import { Link } from 'wouter';
import { useAddresses } from '../url/use-addresses.ts';
import type { FigureName } from '../url/addresses.ts';
import type { FigureKind } from '../url/figure-kinds.ts';

/** What the figures of a part of a page are of, or the address of what explains all of them; null: they stand in their own explanation, or in a row that leads to it. */
type FiguresOf = Omit<FigureName, 'figure'> | string;
const FigureContext = createContext<FiguresOf | null>(null);

/** Has each figure within lead to what explains it. */
export function Figures(props: { readonly of: FiguresOf | null; readonly children: ReactNode }): ReactNode {
  return <FigureContext value={props.of}>{props.children}</FigureContext>;
}

/**
 * A figure that leads to its explanation: to `href` where one is given, else to what the part of the page says its
 * figures are of. Where neither is said the figure stands as it is.
 */
export function FigureLink(props: {
  readonly figure?: FigureKind | undefined;
  readonly href?: string | undefined;
  readonly children: ReactNode;
}): ReactNode {
  const of = use(FigureContext);
  const addresses = useAddresses();
  const own =
    of === null || typeof of === 'string'
      ? (of ?? undefined)
      : addresses.figure({ ...of, figure: props.figure ?? null });
  const href = props.href ?? own;
  return href === undefined ? (
    props.children
  ) : (
    <Link href={href} className="figure">
      {props.children}
    </Link>
  );
}
