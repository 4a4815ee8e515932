import { z } from 'zod';

/**
 * The queues and what their jobs carry. They carry wake-ups, never truth: what is to be done stands in PostgreSQL
 * (`due_traces`, `fact_inbox`, `due_reconciliations`), so a queue that is lost or emptied loses nothing but a moment.
 */
export const QUEUES = {
  /** Due traces stand in `due_traces`. */
  'assemble-traces': z.strictObject({}),
  /** Facts stand in `fact_inbox` and have not yet made their traces due. */
  'work-through-facts': z.strictObject({}),
  /** Bills to compare stand in `due_reconciliations`. */
  'reconcile-bills': z.strictObject({}),
  /** Asks, as facts, for the overhead pools of the running months to be divided. */
  'allocate-pools': z.strictObject({}),
  /** Rules that are being worked through stand in `causes`. */
  'work-causes': z.strictObject({}),
  /** Rules that are only asked about stand there as well, and in `previews`. */
  'work-previews': z.strictObject({}),
  /** Traces whose cost is to be told apart stand in `waste_due`. */
  'judge-waste': z.strictObject({}),
  /** Months that are being closed stand in `periods`. */
  'close-periods': z.strictObject({}),
  /** Evidence bundles that were asked for stand in `exports`. */
  'build-exports': z.strictObject({}),
  /** Content that was kept as long as the policies say. */
  'keep-contents': z.strictObject({}),
  /** Days of spans that are to come, and that were kept as long as is set. */
  'keep-span-days': z.strictObject({}),
  /** Erasures that were approved stand in `erasures`. */
  'work-erasures': z.strictObject({}),
  /** Checkpoints that witnesses and recipients do not have yet. */
  'publish-checkpoints': z.strictObject({}),
  /** New posting commits are held against the log. */
  'check-books': z.strictObject({}),
} as const satisfies Record<string, z.ZodType>;

export type QueueName = keyof typeof QUEUES;
