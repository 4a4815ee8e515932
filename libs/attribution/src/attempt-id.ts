import type { Ref } from '#model';
import { v5 as uuidFromName } from 'uuid';

/** Namespace of the ids this project derives from names (UUIDv5, RFC 9562). */
export const NAMESPACE = '6f0c8a52-5f53-5b0e-9d3b-0d3c2d9f4c11';

/** What tells a work item from all others, for ids that are derived of it. */
export interface ItemIdentity {
  readonly ref: Ref;
  /** Random, and made anew by an erasure; null for an item of before there were seeds: its ids follow from its key. */
  readonly idSeed: string | null;
}

/** What ids of a work item are derived from, beside what they are ids of (docs/adr/037). */
export const idNameOf = ({ ref, idSeed }: ItemIdentity): string => idSeed ?? ref;

/** @param attemptKey see `Attempt.key`: the same item and key give the same id for ever */
export const attemptIdOf = (item: ItemIdentity, attemptKey: string): string =>
  uuidFromName(`attempt ${idNameOf(item)}\n${attemptKey}`, NAMESPACE);
