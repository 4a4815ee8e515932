import { inspect } from 'node:util';
import type { AttributeValue, Attributes, LogRecord, Span } from '#model';
import { CUT_CONTENT } from '../content/cut-content.ts';
import { spanOfLog } from '../log-span.ts';
import { readLog } from '../read-log.ts';
import { readStep } from '../read-step.ts';
import type { StepDraft } from '../step-draft.ts';

/** @returns the span with its content cut, as it is decoded after its bytes were cut. */
export function cutSpan(span: Span): Span {
  return {
    ...span,
    attributes: cutAttributes(null, span.attributes),
    events: span.events.map((event) => ({
      ...event,
      attributes: cutAttributes(event.name, event.attributes),
    })),
    statusMessage: span.statusMessage === '' ? '' : CUT_CONTENT.status(span.statusMessage),
  };
}

/** The same for a log record. @param name of the event */
export function cutLog(log: LogRecord, name: string): LogRecord {
  return { ...log, attributes: cutAttributes(name, log.attributes), body: CUT_CONTENT.body(name, log.body) };
}

function cutAttributes(event: string | null, attributes: Attributes): Attributes {
  return new Map(
    [...attributes].map(([key, value]): [string, AttributeValue] => [
      key,
      CUT_CONTENT.concerns(event, key) ? CUT_CONTENT.attribute(event, key, value) : value,
    ]),
  );
}

/** Reads the span, and sees that it reads the same with its content cut. @throws Error where it does not */
export function readWithAndWithoutContent(span: Span): StepDraft {
  return same(readStep(span), readStep(cutSpan(span)));
}

/** The same for a log record. */
export function readLogWithAndWithoutContent(log: LogRecord): StepDraft {
  return same(readLog(log), readLog(cutLog(log, spanOfLog(log).name)));
}

function same(draft: StepDraft, ofCut: StepDraft): StepDraft {
  const [whole, cut] = [draft, ofCut].map((one) => inspect(one, { depth: 9, sorted: true }).split('\n'));
  const lost = whole!.filter((line) => !cut!.includes(line));
  if (lost.length > 0 || whole!.length !== cut!.length) {
    throw new Error(`reads differently without content: ${lost.join(' ')}`);
  }
  return draft;
}
