import { contentPolicySchema, redactionOf, spanOfLog } from '#conventions';
import type { ItemEdit } from '#model';
import { editLogs, editTraces } from '#otlp';
import { readContentPolicy, type Database } from '#store';

/** How long a policy is taken for the one in force, and from when on a sender makes it be read again ahead of that. */
const KEPT_MS = 5_000;
const FRESH_MS = 2_500;
const MAX_TENANTS = 10_000;

/** What a tenant's policy takes out of what it sends. */
export interface ContentRule {
  /** `content@3` */
  readonly version: string;
  readonly edit: ItemEdit;
}

interface Known {
  readonly rule: ContentRule | null;
  readonly freshUntilMs: number;
  readonly untilMs: number;
}

/** The content policies of tenants, each asked for at most every five seconds; a change holds as soon. */
export class ContentRules {
  private readonly known = new Map<bigint, Known>();
  private readonly asked = new Map<bigint, Promise<ContentRule | null>>();

  constructor(
    private readonly db: Database,
    private readonly nowMs: () => number = Date.now,
  ) {}

  /**
   * At once where it is known, as it nearly always is.
   *
   * @returns null where nothing is taken out
   * @throws Unavailable (the promise) where the policy cannot be read: nothing may be stored then
   */
  of(tenantId: bigint): ContentRule | null | Promise<ContentRule | null> {
    const known = this.known.get(tenantId);
    const nowMs = this.nowMs();
    if (known === undefined || nowMs >= known.untilMs) return this.ask(tenantId);
    // What is known holds until its time is up; if it cannot be read by then, the request that needs it says so.
    if (nowMs >= known.freshUntilMs) this.ask(tenantId).catch(() => undefined);
    return known.rule;
  }

  private ask(tenantId: bigint): Promise<ContentRule | null> {
    const asked = this.asked.get(tenantId);
    if (asked !== undefined) return asked;
    const reading = this.read(tenantId).finally(() => this.asked.delete(tenantId));
    this.asked.set(tenantId, reading);
    return reading;
  }

  private async read(tenantId: bigint): Promise<ContentRule | null> {
    const nowMs = this.nowMs();
    const policy = await readContentPolicy(this.db, tenantId, BigInt(nowMs) * 1000n);
    const edit = policy === null ? null : redactionOf(contentPolicySchema.parse(policy.rule));
    const rule = edit === null ? null : { version: `content@${policy!.version}`, edit };
    if (this.known.size >= MAX_TENANTS) this.known.clear();
    this.known.set(tenantId, { rule, freshUntilMs: nowMs + FRESH_MS, untilMs: nowMs + KEPT_MS });
    return rule;
  }
}

/**
 * The body of an export request without what the rule takes out: what is stored, compared and hashed from here on.
 *
 * @throws RejectedInput `invalid` where it is malformed
 */
export function takeOut(rule: ContentRule, signal: 'traces' | 'logs', body: Buffer): Buffer {
  return signal === 'traces'
    ? editTraces(body, rule.edit)
    : editLogs(body, rule.edit, (record) => spanOfLog(record).name);
}
