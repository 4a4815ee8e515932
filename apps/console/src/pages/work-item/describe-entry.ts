import type { Schemas } from '../../api/wire-types.ts';

export type Entry = Schemas['ReplayEntry'];
export type Reading = Schemas['EntryReading'];

/** What an entry is, for the one line it has in the list. */
export interface EntryLine {
  /** A short word for its kind: `model call`, `tool`, `outcome`. */
  readonly kind: string;
  readonly title: string;
  readonly marks: readonly Mark[];
}

/** What catches the eye; `tone` says how. */
export interface Mark {
  readonly text: string;
  readonly tone: 'bad' | 'warn' | 'good' | 'plain';
  /** The long form. */
  readonly title: string;
}

const KINDS: Readonly<Record<string, string>> = {
  model_call: 'model',
  tool_call: 'tool',
  retrieval: 'retrieval',
  embedding: 'embedding',
  rerank: 'rerank',
  agent: 'agent',
  workflow: 'workflow',
  guardrail: 'guardrail',
  human: 'person',
  evaluation: 'evaluation',
  memory: 'memory',
};

/** @param reading what names and content add; undefined where the span was erased */
export function describeEntry(entry: Entry, reading: Reading | undefined): EntryLine {
  return { ...whatOf(entry, reading), marks: marksOf(entry, reading) };
}

function whatOf(entry: Entry, reading: Reading | undefined): Pick<EntryLine, 'kind' | 'title'> {
  const { step, outcome, line, link, decisions } = entry;
  if (step !== null)
    return {
      kind: KINDS[step.kind] ?? spaced(step.kind),
      title: titleOfStep(step, entry.tool, reading?.name ?? null),
    };
  if (outcome !== null)
    return { kind: 'outcome', title: `${spaced(outcome.verb)}, told by ${outcome.source}` };
  if (line !== null) return { kind: 'cost', title: `${spaced(line.kind)}, told by ${line.source}` };
  if (link !== null) return { kind: 'link', title: `${link.action} by a person` };
  return { kind: entry.type, title: decisions.map(describeDecision).join('; ') };
}

function titleOfStep(step: NonNullable<Entry['step']>, tool: Entry['tool'], name: string | null): string {
  if (tool !== null) return tool.called;
  if (step.kind === 'model_call') return step.model ?? name ?? 'a model';
  if (step.kind === 'agent') return step.agent ?? name ?? 'an agent';
  return name ?? step.agent ?? spaced(step.kind);
}

/** `rule REFUND-30D @5: met`. */
export function describeDecision(decision: Schemas['ReplayDecision']): string {
  const { kind, id, version, result, from, reason } = decision;
  const what = from === null ? `${spaced(kind)} ${id}` : `${spaced(kind)} ${from} → ${id}`;
  const tail = [result === null ? '' : spaced(result), reason === null ? '' : `(${spaced(reason)})`].filter(
    Boolean,
  );
  return `${what}${version === null ? '' : ` @${version}`}${tail.length === 0 ? '' : `: ${tail.join(' ')}`}`;
}

function marksOf(entry: Entry, reading: Reading | undefined): Mark[] {
  return [...endMarks(entry, reading), ...actMarks(entry), ...decisionMarks(entry), ...knowledgeMarks(entry)];
}

function endMarks(entry: Entry, reading: Reading | undefined): Mark[] {
  const { step, tool, outcome } = entry;
  const hasFailed = step?.failed === true || (tool !== null && tool.disposition !== 'executed');
  return [
    ...(hasFailed ? [failureMark(entry, reading)] : []),
    ...(outcome === null ? [] : [outcomeMark(outcome)]),
  ];
}

function actMarks({ retryOf, handOff, tool }: Entry): Mark[] {
  const marks: Mark[] = retryOf === null ? [] : [retryMark(retryOf)];
  if (handOff !== null) {
    const title = `${handOff.from ?? 'somebody'} → ${handOff.to ?? 'somebody'}`;
    marks.push({ text: 'hand-off', tone: 'warn', title });
  }
  if (tool?.effect === 'confirmed')
    marks.push({ text: 'confirmed', tone: 'good', title: 'the agent saw that it took effect' });
  return marks;
}

/** What a step decided; what was told by itself is its own line, and only an override is marked in it. */
function decisionMarks({ step, decisions }: Entry): Mark[] {
  return decisions
    .filter(({ kind }) => kind === 'override' || step !== null)
    .map((decision) => ({
      text: spaced(decision.kind),
      tone: decision.kind === 'override' ? 'warn' : 'plain',
      title: describeDecision(decision),
    }));
}

function knowledgeMarks({ step, late, knewAtDecision }: Entry): Mark[] {
  const marks: Mark[] = [];
  if (step?.usageState === 'missing' && step.role === 'leaf')
    marks.push({
      text: 'usage unknown',
      tone: 'warn',
      title: 'the call did not say what it used: its cost is unknown, not 0',
    });
  if (late)
    marks.push({
      text: 'told late',
      tone: 'plain',
      title: 'something that happened later was known before it',
    });
  if (knewAtDecision === false)
    marks.push({ text: 'after verdict', tone: 'plain', title: 'not yet recorded when the verdict was' });
  return marks;
}

const failureMark = ({ tool }: Entry, reading: Reading | undefined): Mark => ({
  text: tool === null || tool.disposition === 'executed' ? 'failed' : spaced(tool.disposition),
  tone: 'bad',
  title: reading?.error ?? 'it ended with an error',
});

const outcomeMark = ({ effect }: NonNullable<Entry['outcome']>): Mark => ({
  text: spaced(effect),
  tone:
    effect === 'achieved'
      ? 'good'
      : ['failed', 'attempt_failed', 'reopened'].includes(effect)
        ? 'bad'
        : 'plain',
  title: `what the definition makes of it: ${spaced(effect)}`,
});

const retryMark = ({ n, changed }: NonNullable<Entry['retryOf']>): Mark => ({
  text: `retry of ${n}`,
  tone: 'warn',
  title:
    changed.length === 0 ? 'nothing that is recorded changed' : `changed: ${changed.map(spaced).join(', ')}`,
});

/** `attempt_failed` as words. */
export const spaced = (code: string): string => code.replaceAll('_', ' ');

/** `tool_call get_order` as words, names as they are. */
export const actText = (signature: string): string => signature.replace(/^\w+/, spaced);

/** What the list may be narrowed to. */
export const SHOWN = {
  all: 'Everything',
  deeds: 'Deeds: tools, retrievals, people, decisions',
  trouble: 'Failures and retries',
  decided: 'Decisions, overrides and outcomes',
  paid: 'What cost something',
  waste: 'What rules flag as waste',
} as const;
export type Shown = keyof typeof SHOWN;

const RULES: Readonly<Record<Shown, (entry: Entry, isFlagged: boolean) => boolean>> = {
  all: () => true,
  deeds: ({ step, tool, decisions }) =>
    step === null || tool !== null || ['retrieval', 'human'].includes(step.kind) || decisions.length > 0,
  trouble: ({ step, tool, retryOf }) =>
    step?.failed === true || retryOf !== null || (tool !== null && tool.disposition !== 'executed'),
  decided: ({ decisions, outcome, handOff }) => decisions.length > 0 || outcome !== null || handOff !== null,
  paid: ({ cost }) => cost.direct !== null,
  waste: (_, isFlagged) => isFlagged,
};

/** Whether the entry is among what was asked for; `isFlagged`: a rule flags its step as waste. */
export const isShown = (entry: Entry, shown: Shown, isFlagged: boolean): boolean =>
  RULES[shown](entry, isFlagged);

/** What an address asks for; everything where it asks for nothing that is known. */
export const readShown = (text: string | null): Shown => NAMES.find((name) => name === text) ?? 'all';
const NAMES: readonly Shown[] = ['all', 'deeds', 'trouble', 'decided', 'paid', 'waste'];
