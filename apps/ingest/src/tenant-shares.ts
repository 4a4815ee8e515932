import { Unavailable } from '#model';
import type { TenantLimit } from '#store';

/**
 * A tenant may hold so many times what is free: one alone up to four fifths of all, so that there is always room for
 * another; two that flood four ninths each. (A dynamic threshold: Choudhury and Hahne, IEEE/ACM Transactions on
 * Networking 6(2), 1998.)
 */
const TIMES_FREE = 4;
const RETRY_MS = 1_000;
/** What may be sent at once by who sent nothing for a while, in seconds of its rate. */
const BURST_S = 2;

/** Why a tenant is turned away although others are let in. */
export type TenantReason = 'tenant_share' | 'tenant_rate';

interface Account {
  requests: number;
  bytes: number;
  /** What may still be sent; below zero once a request was let in that is larger than that. */
  bytesLeft: number;
  requestsLeft: number;
  countedAtMs: number;
}

interface ShareOptions {
  readonly maxBytes: number;
  readonly maxRequests: number;
  /** What the operator set for a tenant; null = nothing. Asked for every request: has to be at hand. */
  readonly limitOf: (tenantId: bigint) => TenantLimit | null;
  readonly nowMs: () => number;
}

/**
 * Who holds how much of what may wait, and who sends faster than it may. Costs a look into a map per request; a tenant
 * that holds nothing and has no rate takes no memory.
 */
export class TenantShares {
  private readonly accounts = new Map<bigint, Account>();
  private requests = 0;
  private bytes = 0;

  constructor(private readonly options: ShareOptions) {}

  /**
   * Lets a request in, before its body is read.
   *
   * @returns why it is not; null = it is, until `leave`
   */
  enter(tenantId: bigint): { readonly reason: TenantReason; readonly error: Unavailable } | null {
    const limit = this.options.limitOf(tenantId);
    const account = this.accounts.get(tenantId) ?? this.newAccount(limit);
    const free = this.options.maxRequests - this.requests;
    if (account.requests > 0 && account.requests >= TIMES_FREE * free) return tooMuch();
    const waitMs = limit === null ? 0 : this.waitMs(account, limit);
    if (waitMs > 0) return tooFast(waitMs);
    this.accounts.set(tenantId, account);
    account.requests += 1;
    account.requestsLeft -= 1;
    this.requests += 1;
    return null;
  }

  /**
   * Counts bytes of a request that was let in.
   *
   * @param own bytes that this request holds already: one body alone is let in however large it is
   */
  hold(
    tenantId: bigint,
    bytes: number,
    own: number,
  ): { readonly reason: TenantReason; readonly error: Unavailable } | null {
    const account = this.accounts.get(tenantId)!;
    const free = this.options.maxBytes - this.bytes;
    if (account.bytes > own && account.bytes + bytes > TIMES_FREE * (free - bytes)) return tooMuch();
    account.bytes += bytes;
    this.bytes += bytes;
    return null;
  }

  /** A body of so many bytes, inflated, is taken: it counts against the rate. */
  taken(tenantId: bigint, bytes: number): void {
    const account = this.accounts.get(tenantId);
    if (account !== undefined) account.bytesLeft -= bytes;
  }

  /** The request is answered. @param bytes all that it held */
  leave(tenantId: bigint, bytes: number): void {
    const account = this.accounts.get(tenantId)!;
    account.requests -= 1;
    account.bytes -= bytes;
    this.requests -= 1;
    this.bytes -= bytes;
    if (account.requests === 0 && this.options.limitOf(tenantId) === null) this.accounts.delete(tenantId);
  }

  private newAccount(limit: TenantLimit | null): Account {
    return {
      requests: 0,
      bytes: 0,
      bytesLeft: BURST_S * (limit?.bytesPerSecond ?? 0),
      requestsLeft: BURST_S * (limit?.requestsPerSecond ?? 0),
      countedAtMs: this.options.nowMs(),
    };
  }

  /** @returns how long until the tenant may send again; 0 = it may now */
  private waitMs(account: Account, limit: TenantLimit): number {
    const nowMs = this.options.nowMs();
    const seconds = Math.max(0, nowMs - account.countedAtMs) / 1000;
    account.countedAtMs = nowMs;
    const waits = (['bytes', 'requests'] as const).map((unit) => {
      const rate = limit[`${unit}PerSecond`];
      if (rate === null) return 0;
      const left = Math.min(BURST_S * rate, account[`${unit}Left`] + seconds * rate);
      account[`${unit}Left`] = left;
      return left > 0 ? 0 : (-left / rate) * 1000 + 1;
    });
    return Math.max(...waits);
  }
}

const tooMuch = () => ({
  reason: 'tenant_share' as const,
  error: new Unavailable('too much of this tenant is waiting to be stored', RETRY_MS, 'overloaded'),
});
const tooFast = (waitMs: number) => ({
  reason: 'tenant_rate' as const,
  error: new Unavailable('this tenant sends faster than it may', Math.max(waitMs, RETRY_MS), 'overloaded'),
});
