import { createHash } from 'node:crypto';
import type { Principal } from './principal.ts';

/** Finds the principal of an unrevoked key by the SHA-256 of the key text; null when there is none. */
export type ReadKey = (secretHash: Buffer) => Promise<Principal | null>;

const KEY_TEXT = /^olk_[\x21-\x7e]{12,256}$/;
const CACHE_MS = 5000;
const CACHE_SIZE = 10_000;

interface CachedAnswer {
  readonly expiresAtMs: number;
  readonly answer: Promise<Principal | null>;
}

/**
 * Turns an Authorization header into a principal, for HTTP and gRPC alike.
 *
 * Answers are kept for five seconds, so a revoked key works at most that long. Unknown keys are kept too,
 * apart from the known ones: a flood of invented keys can neither reach the database once each nor push
 * real keys out. Only hashes are held, never key texts.
 */
export class KeyAuthentication {
  private readonly pending = new Map<string, CachedAnswer>();
  private readonly known = new Map<string, CachedAnswer>();

  constructor(
    private readonly readKey: ReadKey,
    private readonly nowMs: () => number = Date.now,
  ) {}

  /**
   * @param authorization the header's value, `Bearer olk_...`
   * @returns null when there is no key, it is malformed, unknown or revoked
   * @throws what reading the key throws (database unreachable); such an answer is not kept
   */
  async authenticate(authorization: string | undefined): Promise<Principal | null> {
    const key = /^bearer +(\S+)$/i.exec(authorization?.trim() ?? '')?.[1];
    if (key === undefined || !KEY_TEXT.test(key)) return null;
    const secretHash = createHash('sha256').update(key).digest();
    const id = secretHash.toString('base64');
    const nowMs = this.nowMs();
    const cached = this.known.get(id) ?? this.pending.get(id);
    if (cached !== undefined && cached.expiresAtMs > nowMs) return cached.answer;
    return this.ask(id, secretHash, nowMs);
  }

  private async ask(id: string, secretHash: Buffer, nowMs: number): Promise<Principal | null> {
    const entry = { expiresAtMs: nowMs + CACHE_MS, answer: this.readKey(secretHash) };
    this.known.delete(id);
    keep(this.pending, id, entry);
    try {
      const principal = await entry.answer;
      if (principal !== null && this.pending.delete(id)) keep(this.known, id, entry);
      return principal;
    } catch (error) {
      this.pending.delete(id);
      throw error;
    }
  }
}

/** A Map iterates in insertion order, so the first key is the oldest answer. */
function keep(cache: Map<string, CachedAnswer>, id: string, entry: CachedAnswer): void {
  cache.delete(id);
  if (cache.size >= CACHE_SIZE) {
    for (const oldest of cache.keys()) {
      cache.delete(oldest);
      break;
    }
  }
  cache.set(id, entry);
}
