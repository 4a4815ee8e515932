import type { Finding, FindingState, RunFacts, RunStep } from './run-facts.ts';
import type { RunGraph } from './run-graph.ts';
import { priceTokens, splitByWeight, tokensBetween } from './token-costs.ts';
import type { RuleId } from './waste-rules.ts';

/** What a rule found, before it is known what of it is still anybody's to take. */
export interface Claim {
  readonly rule: RuleId;
  readonly spanId: string;
  readonly state: FindingState;
  readonly reason: string;
  readonly because: readonly RunStep[];
  /** Steps that are taken as a whole, or parts of them. */
  readonly takes: readonly (RunStep | PartClaim)[];
}

/** Part of the input of a call. */
export interface PartClaim {
  readonly call: RunStep;
  /** Index of the part of its prompt. */
  readonly part: number;
  /** Of the whole charge; the whole part where it is more than that. */
  readonly pico: bigint;
}

/**
 * The cost of a run in units that are taken once: of each call the parts of its prompt, where all of it was read, and
 * the rest; of other steps the whole. What the parts come to is always what is posted.
 */
export class RunCosts {
  private readonly units = new Map<RunStep, bigint[]>();
  /** The same of the whole charge, before attempts share it. */
  private readonly charged = new Map<RunStep, readonly bigint[]>();
  private readonly flagged = new Set<string>();
  private readonly found = new Map<string, Finding>();

  /** @param kept spans that no rule may take as a whole: they bought the outcome */
  constructor(
    facts: RunFacts,
    graph: RunGraph,
    private readonly kept: ReadonlySet<string>,
  ) {
    for (const each of facts.steps) {
      const weights = weightsOf(each, graph);
      this.charged.set(each, weights);
      this.units.set(each, splitByWeight(each.amountPico ?? 0n, weights));
    }
  }

  /** What the part of a prompt cost in the whole charge; null where it has no share of its own. */
  chargeOfPart(call: RunStep, part: number): bigint | null {
    const weights = this.charged.get(call)!;
    return weights.length === 1 ? null : weights[part]!;
  }

  /** What is left of a step, or of a part of its prompt. */
  left(each: RunStep, part?: number): bigint {
    const units = this.units.get(each)!;
    return part === undefined ? units.reduce((sum, unit) => sum + unit, 0n) : units[part]!;
  }

  /** What was claimed so far: of one step and rule once. */
  get findings(): readonly Finding[] {
    return [...this.found.values()];
  }

  /** Whether a rule has proved the step to be waste as a whole. */
  isFlagged({ step }: RunStep): boolean {
    return this.flagged.has(step.spanId);
  }

  /** Writes down what a rule found, and takes what it proves and nobody took before. */
  claim({ rule, spanId, state, reason, because, takes }: Claim): void {
    const whole = takes.filter((take): take is RunStep => 'step' in take);
    const isKept = whole.some(({ step }) => this.kept.has(step.spanId));
    const proves = state === 'proven' && !isKept;
    let foundPico: bigint | null = 0n;
    let wastePico = 0n;
    for (const take of takes) {
      const found = 'step' in take ? take.amountPico : this.scaled(take);
      foundPico = found === null || foundPico === null ? null : foundPico + found;
      if (proves) wastePico += 'step' in take ? this.takeAll(take) : this.takePart(take);
    }
    if (proves) for (const { step } of whole) this.flagged.add(step.spanId);
    this.note({
      rule,
      spanId,
      state: proves ? 'proven' : 'suspected',
      reason: isKept && state === 'proven' ? 'needed_for_the_outcome' : reason,
      because: [...new Set(because.map(({ step }) => step.spanId))].sort(),
      costOf: [...new Set(takes.map((take) => ('step' in take ? take : take.call).step.spanId))].sort(),
      foundPico,
      wastePico,
    });
  }

  /** A step that a rule flags for several things is flagged once: proven if one of them is. */
  private note(finding: Finding): void {
    const key = `${finding.rule} ${finding.spanId}`;
    const before = this.found.get(key);
    const isFirst = before === undefined || (before.state === 'suspected' && finding.state === 'proven');
    const [told, other] = isFirst ? [finding, before] : [before, finding];
    this.found.set(
      key,
      other === undefined
        ? told
        : {
            ...told,
            because: union(told.because, other.because),
            costOf: union(told.costOf, other.costOf),
            // What is only suspected is not added to what is proven.
            foundPico: told.state === other.state ? add(told.foundPico, other.foundPico) : told.foundPico,
            wastePico: told.wastePico + other.wastePico,
          },
    );
  }

  /** A part of the whole charge as the attempt's share of it. */
  private scaled({ call, part, pico }: PartClaim): bigint | null {
    if (call.amountPico === null) return null;
    const whole = this.charged.get(call)![part] ?? 0n;
    const capped = pico < whole ? pico : whole;
    return call.chargePico === 0n ? 0n : (capped * call.amountPico) / call.chargePico;
  }

  private takeAll(each: RunStep): bigint {
    const taken = this.left(each);
    this.units.set(
      each,
      this.units.get(each)!.map(() => 0n),
    );
    return taken;
  }

  private takePart(claim: PartClaim): bigint {
    const units = this.units.get(claim.call)!;
    const asked = this.scaled(claim) ?? 0n;
    const taken = asked < units[claim.part]! ? asked : units[claim.part]!;
    units[claim.part]! -= taken;
    return taken;
  }
}

const union = (a: readonly string[], b: readonly string[]): string[] => [...new Set([...a, ...b])].sort();

const add = (a: bigint | null, b: bigint | null): bigint | null => (a === null || b === null ? null : a + b);

/** The parts of a prompt by UTF-8 bytes and their place in it (methods.md 4.2), then everything else. */
function weightsOf(each: RunStep, graph: RunGraph): bigint[] {
  const { bill, chargePico } = each;
  const { prompt } = graph.readingOf(each);
  if (bill === null || prompt === undefined || !graph.isWhole(each)) return [1n];
  const { read, write, uncached } = bill.tokens;
  const tokens = splitByWeight(
    read + write + uncached,
    prompt.map(({ bytes }) => BigInt(bytes)),
  );
  let from = 0n;
  const parts = tokens.map((count) => {
    const part = priceTokens(tokensBetween(bill.tokens, from, from + count), bill.prices);
    from += count;
    return part;
  });
  const rest = chargePico - parts.reduce((sum, part) => sum + part, 0n);
  return rest < 0n ? [1n] : [...parts, rest];
}
