import type { OutcomeEffect } from '#model';
import { applyCorrections, type UnreadEvent } from './apply-corrections.ts';
import { orderEvents } from './order-events.ts';

/** An outcome event with what it says of the item's intake: attribute -> value. */
export interface IntakeEvent extends UnreadEvent {
  readonly intake: Readonly<Record<string, string>>;
}

/** What was known of a work item when work at it began. */
export interface IntakeAttributes {
  readonly values: Readonly<Record<string, string>>;
  /** Attributes that were stated only for a time after that: they may know how it went, and are not used. */
  readonly late: readonly string[];
}

/**
 * Reads what was known of a work item before its first attempt (methods.md 6.1): of each attribute the last value that
 * stands and was stated for a business time at or before it. Withdrawn events say nothing, corrected ones speak at their
 * corrected time. Pure: the order of the events does not matter.
 *
 * @param events all events of the item
 * @param effectOf as for `applyCorrections`
 * @param beganAtUs start of the first attempt; null = nobody worked at it, so everything stated was known before
 */
export function intakeAttributes(
  events: readonly IntakeEvent[],
  effectOf: (event: IntakeEvent) => OutcomeEffect | null,
  beganAtUs: bigint | null,
): IntakeAttributes {
  const { standing } = applyCorrections(events, effectOf);
  const ordered = orderEvents(standing.map((event) => ({ ...event, effect: 'noted' as const })));
  const isInTime = ({ occurredAtUs }: IntakeEvent): boolean =>
    beganAtUs === null || occurredAtUs <= beganAtUs;
  const values = Object.assign({}, ...ordered.filter(isInTime).map(({ intake }) => intake));
  const late = ordered
    .filter((event) => !isInTime(event))
    .flatMap(({ intake }) => Object.keys(intake))
    .filter((name) => !Object.hasOwn(values, name));
  return { values, late: [...new Set(late)].sort() };
}
