import type { Amounts } from '../fold/costs.ts';

export const DIFF_FORMAT = 'diff@1';
/** What a diff may be called. It never says what caused what. */
export const DIFF_LABEL = 'differences that preceded the verdict';

export type DiffClass = 'same' | 'changed' | 'only_a' | 'only_b';

export type DiffRow = {
  readonly class: DiffClass;
  readonly signature: string;
  /** Entries of the two replays; null = not there. */
  readonly a: number | null;
  readonly b: number | null;
  /** `input`, `output`, `disposition`, `model`, `rule_version`, `retrieved_set`, `retry_count`. */
  readonly changed: readonly string[];
  /** Of `input`, `output` and `retrieved_set` those that cannot be compared: not recorded, or erased. */
  readonly unknown: readonly string[];
  readonly isDeed: boolean;
  /** It happened after the verdict of its trail. */
  readonly afterVerdict: boolean;
};

export type DiffSide = {
  readonly trail: string;
  readonly phase: string;
  /** The entry that settled it. */
  readonly verdict: number | null;
  readonly acts: number;
  readonly retries: number;
  readonly cost: Amounts;
  /** Calls whose tokens nobody knows: the sums are less than there was. */
  readonly callsWithoutUsage: number;
};

export type TrailDiff = {
  readonly format: typeof DIFF_FORMAT;
  readonly label: typeof DIFF_LABEL;
  readonly size: number;
  readonly a: DiffSide;
  readonly b: DiffSide;
  /**
   * The first deed that differs before a verdict: another one, or the same with other input, model, rule version,
   * retrieved set, disposition or number of tries. The words of model turns differ nearly always and are no divergence by themselves.
   */
  readonly firstDivergence: DiffRow | null;
  /** The first difference of any sort. */
  readonly firstDifference: DiffRow | null;
  readonly rows: readonly DiffRow[];
  readonly rules: {
    readonly onlyA: readonly string[];
    readonly onlyB: readonly string[];
    readonly versions: readonly {
      readonly rule: string;
      readonly a: string | null;
      readonly b: string | null;
    }[];
  };
  readonly retrieved: {
    readonly usedOnlyA: readonly string[];
    readonly usedOnlyB: readonly string[];
    readonly usedByBoth: readonly string[];
    /** Documents of which nobody can tell, on either side. */
    readonly unknown: number;
  };
  /** Tools that were called another number of times, or failed so. */
  readonly tools: readonly {
    readonly tool: string;
    readonly a: { readonly called: number; readonly failed: number };
    readonly b: { readonly called: number; readonly failed: number };
  }[];
  /** Tokens by class, b - a. */
  readonly tokens: readonly {
    readonly class: string;
    readonly a: string;
    readonly b: string;
    readonly difference: string;
  }[];
};
