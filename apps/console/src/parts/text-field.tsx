import type { InputHTMLAttributes, ReactNode, Ref } from 'react';
import { Field } from '../layout/filter-bar.tsx';

type Input = Omit<InputHTMLAttributes<HTMLInputElement>, 'id' | 'value' | 'onChange'>;

/** One line of text under its label. */
export function TextField(
  props: Input & {
    readonly label: string;
    readonly value: string;
    readonly onText: (text: string) => void;
    readonly ref?: Ref<HTMLInputElement> | undefined;
  },
): ReactNode {
  const { label, onText, ...input } = props;
  return (
    <Field label={label}>
      {(id) => <input {...input} id={id} onChange={({ target }) => onText(target.value)} />}
    </Field>
  );
}
