import { useEffect, type ReactNode } from 'react';

/** The frame of a page: its one heading, what it is for, and what belongs to the whole of it on the right. */
export function Page(props: {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}): ReactNode {
  useEffect(() => {
    document.title = `${props.title} · Outcome Ledger`;
  }, [props.title]);
  return (
    <>
      <header className="page-head">
        <div>
          <h1 tabIndex={-1} id="page-title">
            {props.title}
          </h1>
          {props.lead !== undefined && <p className="lead">{props.lead}</p>}
        </div>
        {props.actions !== undefined && <div className="page-actions">{props.actions}</div>}
      </header>
      {props.children}
    </>
  );
}

/** A part of a page, under a heading of its own that a link can name. */
export function Section(props: {
  readonly id?: string;
  readonly title: string;
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <section id={props.id} className="section">
      <header className="section-head">
        <div>
          <h2>{props.title}</h2>
          {props.lead !== undefined && <p className="lead">{props.lead}</p>}
        </div>
        {props.actions}
      </header>
      {props.children}
    </section>
  );
}
