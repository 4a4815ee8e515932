import { useState, type ReactNode } from 'react';

/** Text to be used elsewhere, and a button that copies all of it. */
export function CopyText({ text, what }: { readonly text: string; readonly what: string }): ReactNode {
  const [isCopied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    // Browsers give the clipboard to secure origins only: elsewhere the text is there to be selected.
    await navigator.clipboard?.writeText(text);
    setCopied(true);
  };
  return (
    <div className="copy">
      <pre className="code" tabIndex={0} aria-label={what}>
        {text}
      </pre>
      {navigator.clipboard !== undefined && (
        <button type="button" onClick={() => void copy()}>
          {isCopied ? 'Copied' : 'Copy'}
          <span className="visually-hidden"> {what}</span>
        </button>
      )}
    </div>
  );
}
