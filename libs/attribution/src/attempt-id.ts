import type { Ref } from '#model';
import { v5 as uuidFromName } from 'uuid';

/** Namespace of the ids this project derives from names (UUIDv5, RFC 9562). */
export const NAMESPACE = '6f0c8a52-5f53-5b0e-9d3b-0d3c2d9f4c11';

/** @param attemptKey see `Attempt.key`: the same item and key give the same id for ever */
export const attemptIdOf = (ref: Ref, attemptKey: string): string =>
  uuidFromName(`attempt ${ref}\n${attemptKey}`, NAMESPACE);
