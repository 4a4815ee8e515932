import type { Part } from './batch.ts';

const CAPACITY = 16_384;

/**
 * Resources or scopes that are known to be stored, so that they are not sent again with every request. Forgets the
 * longest unused first; forgetting costs one needless insert.
 */
export class KnownParts {
  private readonly keys = new Set<string>();

  /** @returns those that may not be stored yet */
  unknown(parts: readonly Part[]): Part[] {
    return parts.filter((part) => {
      const key = keyOf(part);
      if (!this.keys.delete(key)) return true;
      this.keys.add(key);
      return false;
    });
  }

  /** To be called after COMMIT: a part of a transaction that was rolled back is not known. */
  remember(parts: readonly Part[]): void {
    for (const part of parts) this.keys.add(keyOf(part));
    for (const key of this.keys) {
      if (this.keys.size <= CAPACITY) return;
      this.keys.delete(key);
    }
  }
}

function keyOf(part: Part): string {
  return `${part.tenantId}/${part.id}`;
}
