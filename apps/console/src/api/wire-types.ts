// Generated from the API's own description by test/pipeline/api-description.spec.ts: UPDATE_GOLDEN=1 writes it anew.

export interface Schemas {
  AccessLogPage: {
    readonly items: readonly {
      readonly accessId: string;
      readonly at: string;
      readonly principalId: string;
      readonly keyId: string;
      readonly grantId: string | null;
      readonly route: string;
      readonly subject: string;
      readonly leaf: number | null;
    }[];
    readonly next: string | null;
  };
  Adjustment: {
    readonly adjustmentId: string;
    readonly kind: 'write_off' | 'reversal';
    readonly body: unknown;
    readonly reason: string;
    readonly requestedAt: string;
    readonly requestedBy: string;
    readonly decision: ('approved' | 'declined') | null;
    readonly decidedAt: string | null;
    readonly decidedBy: string | null;
  };
  AdjustmentDecision: { readonly decision: 'approved' | 'declined' };
  AdjustmentPage: { readonly items: readonly Schemas['Adjustment'][]; readonly next: string | null };
  ApprovalsPolicyRule: {
    readonly rules?: 'recorded' | 'approved';
    readonly prices?: 'recorded' | 'approved';
  };
  Attempt: {
    readonly attemptId: string;
    readonly placement: string;
    readonly startedAt: string;
    readonly endedAt: string;
    readonly toldApartBy: string;
    readonly grade: string;
    readonly workflow: string;
    readonly agent: string | null;
    readonly model: string | null;
    readonly provider: string | null;
    readonly dimensions: Readonly<Record<string, string>>;
    readonly traces: readonly string[];
    readonly calls: number;
    readonly unpricedCalls: number;
    readonly callsWithoutUsage: number;
    readonly costUsd: string | null;
  };
  AttemptHazard: {
    readonly number: number;
    readonly attempts: number;
    readonly succeeded: number;
    readonly failed: number;
    readonly open: number;
    readonly costUsd: string | null;
    readonly costPerAttemptUsd: string | null;
    readonly success: string | null;
    readonly interval: { readonly low: string; readonly high: string } | null;
  };
  BaselineReport: {
    readonly report: 'baseline';
    readonly view: 'settled' | 'cohort';
    readonly formula: string;
    readonly rows: readonly Schemas['BaselineRow'][];
    readonly total: Schemas['BaselineRow'];
    readonly additive: boolean;
    readonly next: string | null;
    readonly tieOut: Schemas['TieOut'];
  };
  BaselineRow: {
    readonly group: Readonly<Record<string, string | null>>;
    readonly workItems: number;
    readonly attempts: number;
    readonly outcomes: number | null;
    readonly costUsd: string | null;
    readonly costPerOutcomeUsd: string | null;
    readonly loadedCostUsd: string | null;
    readonly loadedCostPerOutcomeUsd: string | null;
    readonly loadedGrade: 'measured' | 'metered' | 'allocated' | 'estimated' | 'assumed' | 'incomplete';
    readonly unpricedCalls: number | null;
    readonly attemptsWithoutUsage: number | null;
    readonly unmatchedOutcomes: number | null;
    readonly pending: { readonly items: number; readonly costUsd: string | null } | null;
    readonly coverage: {
      readonly priced: string | null;
      readonly linked: string | null;
      readonly reconciled: string | null;
      readonly controls?: {
        readonly share: string | null;
        readonly totals: number;
        readonly matching: number;
        readonly matches: boolean;
      } | null;
    };
    readonly linkCoverage: string | null;
    readonly grade: 'measured' | 'metered' | 'allocated' | 'estimated' | 'assumed' | 'incomplete';
    readonly gradeReasons: readonly string[];
    readonly bound?: 'lower';
    readonly immature?: true;
    readonly interval: Schemas['CostInterval'] | null;
    readonly baseline: {
      readonly name: string;
      readonly version: number;
      readonly method: string;
      readonly costPerOutcomeUsd: string;
      readonly source: string;
      readonly isAssumed: boolean;
    } | null;
    readonly savingPerOutcomeUsd: string | null;
    readonly priceHeadroom: string | null;
    readonly qualityAdjusted: {
      readonly costPerCaseUsd: string;
      readonly baselinePerCaseUsd: string;
      readonly savingPerCaseUsd: string;
      readonly success: string;
      readonly breakEvenSuccess: string | null;
      readonly breakEvenCases: string | null;
      readonly paybackMonths: string | null;
      readonly handOff: { readonly costUsd: string; readonly from: string };
      readonly unknown: readonly ('loss_usd' | 'escaped_error')[];
    } | null;
    readonly decision: {
      readonly verdict: 'need_data' | 'fix_first' | 'keep_baseline' | 'replace_baseline' | 'hold';
      readonly missing: readonly string[];
      readonly itemsToDecide: number | null;
    };
    readonly sentence: string | null;
  };
  BaselineRule: {
    readonly outcomeType: string;
    readonly method: 'bpo_contract' | 'human_minutes' | 'other';
    readonly costPerOutcome: { readonly amount: string; readonly currency: string };
    readonly minutesPerOutcome?: string | null;
    readonly source: string;
  };
  BillComparison: {
    readonly currency: string;
    readonly isBooked: boolean;
    readonly foreign: readonly {
      readonly number: string | null;
      readonly format: string;
      readonly currency: string;
      readonly billed: string | null;
      readonly booked: string | null;
      readonly rate: string | null;
      readonly statedRate: string | null;
      readonly fx: string;
    }[];
    readonly billed: string;
    readonly charged: string;
    readonly difference: string;
    readonly variance: Readonly<Record<string, string>>;
    readonly models: readonly {
      readonly model: string | null;
      readonly billed: string;
      readonly charged: string;
      readonly billedTokens: string | null;
      readonly tracedTokens: string;
      readonly coverage: string | null;
      readonly verdict: 'consistent' | 'differs' | 'not_covered';
      readonly labels: readonly string[];
    }[];
    readonly keys: readonly {
      readonly day: string | null;
      readonly model: string | null;
      readonly billClass:
        | (
            | 'in_uncached'
            | 'cache_read'
            | 'cache_write_5m'
            | 'cache_write_1h'
            | 'output'
            | 'audio_in'
            | 'audio_cache_read'
            | 'audio_out'
            | 'image_in'
            | 'image_out'
            | 'request'
            | 'search'
            | 'image'
            | 'audio_second'
            | 'tool_call'
          )
        | null;
      readonly serviceTier: string | null;
      readonly billedQuantity: string | null;
      readonly tracedQuantity: string;
      readonly billed: string;
      readonly charged: string;
      readonly coverage: string;
      readonly rate: string;
      readonly unexplained: string;
      readonly isPricedByBook: boolean;
    }[];
    readonly keysLeftOut: number;
    readonly unpricedKeys: readonly {
      readonly day: string | null;
      readonly model: string | null;
      readonly billClass:
        | (
            | 'in_uncached'
            | 'cache_read'
            | 'cache_write_5m'
            | 'cache_write_1h'
            | 'output'
            | 'audio_in'
            | 'audio_cache_read'
            | 'audio_out'
            | 'image_in'
            | 'image_out'
            | 'request'
            | 'search'
            | 'image'
            | 'audio_second'
            | 'tool_call'
          )
        | null;
      readonly serviceTier: string | null;
    }[];
  };
  BillNotCompared: {
    readonly number: string | null;
    readonly format: string;
    readonly currency: string;
    readonly billed: string | null;
    readonly reason: string;
  };
  CapAdvice: {
    readonly handOff: { readonly costUsd: string; readonly from: string };
    readonly bestCap: number;
    readonly evidence: 'strong' | 'weak';
    readonly gainPerItemUsd: string;
    readonly steps: readonly {
      readonly number: number;
      readonly breakEvenSuccess: string;
      readonly expectedCostUsd: string;
      readonly evidence: 'strong' | 'weak';
    }[];
  };
  Cause: {
    readonly causeId: string;
    readonly kind: string;
    readonly state: 'open' | 'done';
    readonly openedAt: string;
    readonly doneAt: string | null;
    readonly openedIndex: number | null;
    readonly doneIndex: number | null;
    readonly tracesDone: number;
    readonly tracesFailed: number;
    readonly advancedAt: string | null;
    readonly error: string | null;
    readonly charges: readonly { readonly currency: string; readonly amount: string }[];
  };
  CauseDetail: {
    readonly causeId: string;
    readonly kind: string;
    readonly state: 'open' | 'done';
    readonly openedAt: string;
    readonly doneAt: string | null;
    readonly openedIndex: number | null;
    readonly doneIndex: number | null;
    readonly tracesDone: number;
    readonly tracesFailed: number;
    readonly advancedAt: string | null;
    readonly error: string | null;
    readonly charges: readonly { readonly currency: string; readonly amount: string }[];
    readonly byCode: readonly { readonly currency: string; readonly code: string; readonly amount: string }[];
    readonly byPeriod: readonly {
      readonly currency: string;
      readonly period: string;
      readonly amount: string;
    }[];
    readonly byAccount: readonly {
      readonly currency: string;
      readonly account: string;
      readonly amount: string;
    }[];
    readonly byWorkflow: readonly {
      readonly currency: string;
      readonly workflow: string | null;
      readonly amount: string;
    }[];
    readonly deltas: readonly {
      readonly currency: string;
      readonly code: string;
      readonly period: string;
      readonly account: string;
      readonly workflow: string | null;
      readonly amount: string;
      readonly entries: number;
    }[];
  };
  Causes: { readonly items: readonly Schemas['Cause'][]; readonly next: string | null };
  ChangeSinceClose: {
    readonly period: string;
    readonly size: number;
    readonly meteredUsd: string;
    readonly byCode: readonly { readonly code: string; readonly amountUsd: string }[];
    readonly byAccount: readonly { readonly account: string; readonly amountUsd: string }[];
  };
  CheckpointDeliveries: {
    readonly items: readonly {
      readonly log: 'evidence' | 'access';
      readonly recipient: string;
      readonly size: number;
      readonly deliveredAt: string;
    }[];
  };
  ClearPostingHalt: { readonly reason: string };
  CloudEvent: {
    readonly specversion: '1.0';
    readonly id: string;
    readonly source: string;
    readonly type: string;
    readonly subject: string;
    readonly time?: string | null;
    readonly sequence?: (string | number) | null;
    readonly datacontenttype?: string | null;
    readonly dataschema?: string | null;
    readonly data?: unknown;
  };
  ConsistencyProof: {
    readonly from: number;
    readonly to: number;
    readonly hashes: readonly string[];
    readonly checkpoints: { readonly from: string; readonly to: string };
  };
  ContentPolicyRule: {
    readonly content?: 'always' | 'never';
    readonly patterns?: {
      readonly email?: boolean;
      readonly card?: boolean;
      readonly iban?: boolean;
      readonly custom?: readonly { readonly name: string; readonly pattern: string }[];
    };
    readonly receivedDays?: number | null;
    readonly keepDays?: {
      readonly default?: number | null;
      readonly byClass?: Readonly<Record<string, number>>;
    };
    readonly logs?: {
      readonly classes?: readonly (
        | 'input.messages'
        | 'output.messages'
        | 'system'
        | 'tool.definitions'
        | 'tool.arguments'
        | 'tool.result'
        | 'documents'
        | 'other'
      )[];
      readonly floorDays?: number;
      readonly reason?: string;
    };
  };
  CostBand: {
    readonly lowUsd: string;
    readonly bookUsd: string;
    readonly highUsd: string;
    readonly expectedUsd: string;
  };
  CostExplanation: {
    readonly kind: string;
    readonly key: string;
    readonly size: number | null;
    readonly costUsd: string | null;
    readonly lineCount: number;
    readonly lines: readonly Schemas['ExplainedCostLine'][];
    readonly unpricedCalls: number;
    readonly callsWithoutUsage: number;
    readonly callsBilledElsewhere: number;
    readonly outcomes: readonly Schemas['Outcome'][];
    readonly candidates: readonly Schemas['Link'][];
    readonly decisions: readonly Schemas['LinkDecision'][];
    readonly linkHistory: readonly Schemas['Link'][] | null;
    readonly next: string | null;
  };
  CostInterval: {
    readonly lowUsd: string;
    readonly highUsd: string | null;
    readonly method: 'combined' | 'outer' | 'lower_bound';
  };
  CostLine: {
    readonly lineId: string;
    readonly source: string;
    readonly id: string;
    readonly workItem: { readonly kind: string; readonly key: string };
    readonly kind: string;
    readonly occurredAt: string;
    readonly amount: { readonly amount: string; readonly currency: string } | null;
    readonly quantity: string | null;
    readonly unit: string | null;
    readonly rate: { readonly amount: string; readonly currency: string } | null;
    readonly role: string | null;
    readonly billedBy: string | null;
    readonly attempt: string | null;
    readonly trace: string | null;
    readonly supersedes: string | null;
    readonly receivedAt: string;
    readonly receivedBy: string;
  };
  CostLinePage: { readonly items: readonly Schemas['CostLine'][]; readonly next: string | null };
  CostLinesAnswer: {
    readonly stored: number;
    readonly duplicate: number;
    readonly lines: readonly {
      readonly source: string;
      readonly id: string;
      readonly lineId: string;
      readonly status: 'stored' | 'duplicate';
    }[];
  };
  CostPerOutcomeReport: {
    readonly report: 'cost-per-outcome';
    readonly view: 'settled' | 'cohort' | 'period';
    readonly rows: readonly Schemas['CostPerOutcomeRow'][];
    readonly total: Schemas['CostPerOutcomeRow'];
    readonly additive: boolean;
    readonly next: string | null;
    readonly tieOut: Schemas['TieOut'];
  };
  CostPerOutcomeRow: {
    readonly group: Readonly<Record<string, string | null>>;
    readonly workItems: number;
    readonly attempts: number;
    readonly outcomes: number | null;
    readonly costUsd: string | null;
    readonly costPerOutcomeUsd: string | null;
    readonly directCostUsd: string | null;
    readonly directCostPerOutcomeUsd: string | null;
    readonly failedAttemptCostUsd: string | null;
    readonly noOutcomeCostUsd: string | null;
    readonly loadedCostUsd: string | null;
    readonly loadedCostPerOutcomeUsd: string | null;
    readonly loadedGrade: 'measured' | 'metered' | 'allocated' | 'estimated' | 'assumed' | 'incomplete';
    readonly costLinesUsd: string;
    readonly usedOverheadUsd: string;
    readonly humanMinutes: string | null;
    readonly unpricedLines: number | null;
    readonly inCurrency?: Schemas['InCurrency'];
    readonly unpricedCalls: number | null;
    readonly attemptsWithoutUsage: number | null;
    readonly unmatchedOutcomes: number | null;
    readonly outcomesByTier?: {
      readonly confirmed: number;
      readonly assumed: number;
      readonly contained: number;
      readonly assisted: number;
      readonly unstated: number;
    };
    readonly pending: { readonly items: number; readonly costUsd: string | null } | null;
    readonly maturing?: { readonly items: number; readonly costUsd: string | null };
    readonly coverage: {
      readonly priced: string | null;
      readonly linked: string | null;
      readonly reconciled: string | null;
      readonly controls?: {
        readonly share: string | null;
        readonly totals: number;
        readonly matching: number;
        readonly matches: boolean;
      } | null;
    };
    readonly linkCoverage: string | null;
    readonly band: Schemas['CostBand'] | null;
    readonly grade: 'measured' | 'metered' | 'allocated' | 'estimated' | 'assumed' | 'incomplete';
    readonly gradeReasons: readonly string[];
    readonly bound?: 'lower';
    readonly immature?: true;
    readonly inProgressCostUsd?: string | null;
    readonly overheadCostUsd?: string | null;
    readonly unattributedCostUsd?: string | null;
  };
  DataQuality: {
    readonly period: { readonly from: string | null; readonly to: string | null };
    readonly emitters: readonly Schemas['EmitterQuality'][];
    readonly rejectedAtIngest:
      | readonly {
          readonly reason: string;
          readonly spans: number;
          readonly first: string;
          readonly last: string;
          readonly examples: readonly { readonly subject: string; readonly at: string }[];
        }[]
      | null;
    readonly notCountedYet: boolean;
    readonly next: string | null;
  };
  DefinitionRule: {
    readonly outcomeType: string;
    readonly verbs: Readonly<
      Record<
        string,
        | 'attempt_failed'
        | 'handed_off'
        | 'achieved'
        | 'failed'
        | 'cancelled'
        | 'expired'
        | 'reopened'
        | 'noted'
        | 'merged_into'
        | 'split_from'
        | 'corrected'
        | 'superseded'
      >
    >;
    readonly waitingWindowMs?: number;
    readonly tiers?: Readonly<Record<string, 'confirmed' | 'assumed' | 'contained' | 'assisted'>>;
    readonly requires?: readonly string[];
    readonly sources?: readonly string[];
    readonly assumed?: { readonly verbs: readonly string[]; readonly afterMs: number };
    readonly timeToLive?: { readonly ms: number; readonly after: 'first_activity' | 'last_activity' };
  };
  DiffRow: {
    readonly class: 'same' | 'changed' | 'only_a' | 'only_b';
    readonly signature: string;
    readonly a: number | null;
    readonly b: number | null;
    readonly changed: readonly string[];
    readonly unknown: readonly string[];
    readonly isDeed: boolean;
    readonly afterVerdict: boolean;
  };
  DimensionsPolicyRule: { readonly attributes: readonly string[] };
  Emitter: {
    readonly id: string;
    readonly service: string;
    readonly scope: string;
    readonly scopeVersion: string;
    readonly dialect: string;
  };
  EmitterQuality: {
    readonly emitter: Schemas['Emitter'];
    readonly firstDay: string;
    readonly lastDay: string;
    readonly spans: number;
    readonly kinds: Readonly<Record<string, number>>;
    readonly roles: {
      readonly leaf: number;
      readonly container: number;
      readonly mirror: number;
      readonly none: number;
    };
    readonly roleReasons: readonly {
      readonly role: string;
      readonly reason: string;
      readonly words: string | null;
      readonly spans: number;
    }[];
    readonly usage: {
      readonly reported: number;
      readonly partial: number;
      readonly missing: number;
      readonly rejected: number;
      readonly zeroReported: number;
      readonly fromAnotherEmitter: number;
    };
    readonly input: readonly {
      readonly semantics: string;
      readonly rule: string;
      readonly words: string;
      readonly calls: number;
    }[];
    readonly mirroredBy: readonly { readonly emitter: Schemas['Emitter'] | null; readonly spans: number }[];
    readonly priced: number;
    readonly unpriced: readonly { readonly reason: string; readonly calls: number }[];
    readonly unlinked: number;
    readonly withoutResponseId: number;
    readonly withoutConversation: number;
    readonly flags: readonly { readonly flag: string; readonly words: string; readonly spans: number }[];
    readonly findings: readonly Schemas['QualityFinding'][];
  };
  EntryReading: {
    readonly n: number;
    readonly name: string | null;
    readonly error: string | null;
    readonly content: readonly (
      | { readonly part: string; readonly redacted: { readonly by: string; readonly leaf: number | null } }
      | {
          readonly part: string;
          readonly mediaType: string;
          readonly characters: number;
          readonly text?: string;
        }
    )[];
    readonly seen:
      | readonly {
          readonly role: string | null;
          readonly characters: number;
          readonly from: number | null;
          readonly basis: ('call_id' | 'same_text' | 'quotes_document') | null;
        }[]
      | null;
    readonly available: readonly string[] | null;
    readonly documents:
      | readonly {
          readonly id: string | null;
          readonly use: 'used' | 'ignored' | 'unknown';
          readonly by: ('declared' | 'id' | 'text' | 'in_no_later_text') | null;
          readonly n: number | null;
        }[]
      | null;
    readonly asked: ('same' | 'changed' | 'unknown') | null;
  };
  Erasure: {
    readonly erasureId: string;
    readonly state: 'requested' | 'approved' | 'refused' | 'done';
    readonly scope: unknown;
    readonly basis: string;
    readonly reason: string;
    readonly requestedAt: string;
    readonly requestedBy: string;
    readonly decidedAt: string | null;
    readonly decidedBy: string | null;
    readonly decidedReason: string | null;
    readonly counts: unknown | null;
    readonly doneAt: string | null;
    readonly backupsClearAfter: string | null;
    readonly leaf: string | null;
  };
  ErasureDecision:
    | { readonly decision: 'approved' }
    | { readonly decision: 'refused'; readonly ground: string; readonly reason: string };
  ErasurePage: { readonly items: readonly Schemas['Erasure'][]; readonly next: string | null };
  ErasureScope:
    | { readonly workItem: { readonly kind: string; readonly key: string } }
    | { readonly customer: { readonly attribute: string; readonly value: string } }
    | { readonly subject: string };
  ExplainedCostLine: {
    readonly step: Schemas['Step'] | null;
    readonly traceId: string;
    readonly spanId: string;
    readonly attemptId: string | null;
    readonly account: string;
    readonly currency: string;
    readonly amount: string;
    readonly charge: {
      readonly amount: string;
      readonly provider: string;
      readonly callModel: string;
      readonly price: Schemas['PriceOfCharge'] | null;
      readonly prices: readonly Schemas['PriceOfCharge'][];
      readonly lines:
        | readonly {
            readonly class: string;
            readonly quantity: string;
            readonly price: string;
            readonly amount: string;
            readonly priceId: string;
          }[]
        | null;
      readonly estimates: readonly string[];
    };
    readonly links: readonly {
      readonly rule: string;
      readonly scope: string;
      readonly tier: string;
      readonly confidence: string;
      readonly linkId: string;
      readonly spanId: string | null;
    }[];
    readonly postings: readonly {
      readonly transactionId: string;
      readonly code: string;
      readonly cause: string;
      readonly account: string;
      readonly amount: string;
      readonly effectiveAt: string;
      readonly recordedAt: string;
    }[];
  };
  Explanation: {
    readonly view: 'settled' | 'cohort';
    readonly group: Readonly<Record<string, string | null>>;
    readonly size: number | null;
    readonly workItems: number;
    readonly outcomes: number;
    readonly costUsd: string;
    readonly directCostUsd: string;
    readonly failedAttemptCostUsd: string;
    readonly noOutcomeCostUsd: string;
    readonly items: readonly {
      readonly kind: string;
      readonly key: string;
      readonly phase: string;
      readonly attempts: number;
      readonly calls: number;
      readonly unpricedCalls: number;
      readonly callsWithoutUsage: number;
      readonly costUsd: string;
      readonly directCostUsd: string;
      readonly href: string;
    }[];
    readonly next: string | null;
    readonly change: Schemas['FigureChange'] | null;
  };
  Export: {
    readonly exportId: string;
    readonly state: 'waiting' | 'building' | 'ready' | 'failed' | 'dropped';
    readonly stage: string;
    readonly done: number;
    readonly total: number;
    readonly error: string | null;
    readonly scope:
      | { readonly kind: 'work_items'; readonly workItems: readonly string[] }
      | { readonly kind: 'period'; readonly period: string }
      | { readonly kind: 'tenant' };
    readonly method: 'full-log' | 'trail-chain';
    readonly size: number;
    readonly since: number | null;
    readonly content: boolean;
    readonly purpose: string;
    readonly grantId: string | null;
    readonly requestedBy: string;
    readonly requestedAt: string;
    readonly builtAt: string | null;
    readonly expiresAt: string | null;
    readonly bytes: number | null;
    readonly sha256: string | null;
  };
  Exports: { readonly items: readonly Schemas['Export'][] };
  FigureChange: {
    readonly size: number;
    readonly beforeUsd: string;
    readonly afterUsd: string;
    readonly differenceUsd: string;
    readonly codes: readonly {
      readonly code: string;
      readonly amountUsd: string;
      readonly transactions: number;
      readonly causes: readonly string[];
    }[];
    readonly entered: { readonly items: number; readonly amountUsd: string };
    readonly left: { readonly items: number; readonly amountUsd: string };
    readonly betweenGroupsUsd: string;
  };
  FxPolicyRule: {
    readonly basis?: 'usage_day' | 'month_end';
    readonly source?: string | null;
    readonly maxAgeDays?: number;
  };
  FxRate: {
    readonly base: string;
    readonly quote: string;
    readonly rate: string;
    readonly day: string;
    readonly source: string;
    readonly version: number;
    readonly toldAt: string | null;
    readonly createdAt: string;
    readonly createdBy: string;
  };
  FxRatePage: { readonly items: readonly Schemas['FxRate'][]; readonly next: string | null };
  FxRatesAnswer: { readonly stored: number; readonly known: number };
  GivenPriceRow: {
    readonly provider: string;
    readonly model: string;
    readonly prices: Readonly<Record<string, string>>;
  };
  Grant: {
    readonly grantId: string;
    readonly principalId: string;
    readonly scope:
      | { readonly kind: 'work_item'; readonly workItem: string }
      | { readonly kind: 'work_item_kind'; readonly workItemKind: string }
      | { readonly kind: 'tenant' };
    readonly purpose: string;
    readonly validUntil: string;
    readonly requestedAt: string;
    readonly requestedBy: string;
    readonly decision: ('approved' | 'declined' | 'revoked') | null;
    readonly decidedAt: string | null;
    readonly decidedBy: string | null;
  };
  GrantDecision: { readonly decision: 'approved' | 'declined' | 'revoked' };
  Grants: { readonly items: readonly Schemas['Grant'][] };
  Import: {
    readonly importId: string;
    readonly format: 'csv' | 'ndjson';
    readonly state: 'running' | 'done' | 'interrupted';
    readonly linesRead: number;
    readonly stored: number;
    readonly duplicate: number;
    readonly setAside: number;
    readonly rejected: number;
    readonly errors: readonly {
      readonly line: number;
      readonly field: string | null;
      readonly reason: string;
    }[];
    readonly startedAt: string;
    readonly endedAt: string | null;
  };
  InCurrency: {
    readonly currency: string;
    readonly policy: string;
    readonly cost: string | null;
    readonly costPerOutcome: string | null;
    readonly directCost: string | null;
    readonly failedAttemptCost: string | null;
    readonly noOutcomeCost: string | null;
    readonly loadedCost: string | null;
    readonly loadedCostPerOutcome: string | null;
    readonly pendingCost: string | null;
    readonly inProgressCost?: string | null;
    readonly overheadCost?: string | null;
    readonly unattributedCost?: string | null;
    readonly missing: readonly string[];
  };
  IntakePolicyRule: {
    readonly attributes: readonly { readonly name: string; readonly type?: 'label' | 'number' }[];
  };
  Invoice: {
    readonly invoiceId: string;
    readonly provider: string;
    readonly period: string;
    readonly number: string | null;
    readonly format: string;
    readonly version: number;
    readonly isSuperseded: boolean;
    readonly currency: string;
    readonly total: string | null;
    readonly chargedIn: string | null;
    readonly statedRate: string | null;
    readonly lines: number;
    readonly roundedLines: number;
    readonly notes: readonly string[];
    readonly root: string;
    readonly recordedAt: string;
    readonly recordedBy: string | null;
  };
  InvoiceAnswer: {
    readonly documents: readonly {
      readonly invoiceId: string | null;
      readonly provider: string;
      readonly period: string;
      readonly number: string | null;
      readonly format: string;
      readonly version: number | null;
      readonly currency: string;
      readonly total: string | null;
      readonly chargedIn: string | null;
      readonly statedRate: string | null;
      readonly lines: number;
      readonly isKnown: boolean;
    }[];
    readonly refused: readonly { readonly line: number; readonly reason: string }[];
    readonly roundedLines: number;
    readonly notes: readonly string[];
  };
  InvoicePage: { readonly items: readonly Schemas['Invoice'][]; readonly next: string | null };
  Key: {
    readonly keyId: string;
    readonly principal: { readonly principalId: string; readonly name: string };
    readonly roles: readonly (
      'spans' | 'outcomes' | 'analyst' | 'auditor' | 'privacy' | 'approver' | 'admin'
    )[];
    readonly sources: readonly string[] | null;
    readonly kinds: readonly string[] | null;
    readonly isBootstrap: boolean;
    readonly createdAt: string;
    readonly revokedAt: string | null;
  };
  KeyMappingRule: {
    readonly attribute: string;
    readonly kind?: string | null;
    readonly kindAttribute?: string | null;
    readonly tier?: 'E1' | 'E2' | 'E3' | 'E4' | 'E5';
  };
  KeyPatternRule: {
    readonly pattern: string;
    readonly kind: string;
    readonly checkDigit?: ('luhn' | 'mod11_2' | 'mod97_10') | null;
  };
  KeyWithSecret: {
    readonly keyId: string;
    readonly principal: { readonly principalId: string; readonly name: string };
    readonly roles: readonly (
      'spans' | 'outcomes' | 'analyst' | 'auditor' | 'privacy' | 'approver' | 'admin'
    )[];
    readonly sources: readonly string[] | null;
    readonly kinds: readonly string[] | null;
    readonly isBootstrap: boolean;
    readonly createdAt: string;
    readonly revokedAt: string | null;
    readonly secret: string;
  };
  Keys: { readonly items: readonly Schemas['Key'][] };
  LabourRatesPolicyRule: {
    readonly rates: readonly {
      readonly role: string;
      readonly currency: string;
      readonly amountPerHour?: string;
      readonly fullyLoadedCost?: string;
      readonly practicalHours?: string;
    }[];
    readonly handedOff?: { readonly role: string; readonly minutes: string } | null;
    readonly humanSteps?: { readonly role: string } | null;
  };
  LedgerAccounts: {
    readonly size: number | null;
    readonly items: readonly {
      readonly account: string;
      readonly meaning: string;
      readonly currency: string;
      readonly debit: string;
      readonly credit: string;
      readonly balance: string;
      readonly entries: number;
    }[];
    readonly chart: readonly {
      readonly number: string;
      readonly name: string;
      readonly normalSide: 'debit' | 'credit';
      readonly meaning: string;
    }[];
    readonly codes: readonly { readonly code: string; readonly meaning: string }[];
  };
  LedgerTransactions: {
    readonly size: number | null;
    readonly items: readonly {
      readonly transactionId: string;
      readonly postingId: string;
      readonly code: string;
      readonly cause: string;
      readonly effectiveAt: string;
      readonly recordedAt: string;
      readonly period: string;
      readonly rules: string;
      readonly batchId: string;
      readonly entries: readonly {
        readonly account: string;
        readonly currency: string;
        readonly amount: string;
        readonly spanId: string;
        readonly usageDay: string;
        readonly provider: string;
        readonly callModel: string;
        readonly attemptId: string | null;
        readonly workItem: { readonly kind: string; readonly key: string } | null;
        readonly priceId: string | null;
      }[];
    }[];
    readonly next: string | null;
  };
  Link: {
    readonly linkId: string;
    readonly traceId: string;
    readonly spanId: string | null;
    readonly workItem: { readonly kind: string; readonly key: string };
    readonly scope: string;
    readonly tier: string;
    readonly confidence: string;
    readonly rule: string;
    readonly state: 'booked' | 'candidate' | 'dangling' | 'withdrawn';
    readonly evidence: unknown;
    readonly supersedes: string | null;
    readonly supersededBy: string | null;
    readonly recordedAt: string;
  };
  LinkAudit: {
    readonly auditId: string;
    readonly traceId: string;
    readonly linkId: string;
    readonly tier: string;
    readonly verdict: 'right' | 'wrong';
    readonly note: string | null;
    readonly recordedAt: string;
    readonly recordedBy: string;
  };
  LinkAudits: {
    readonly tiers: readonly {
      readonly tier: string;
      readonly audited: number;
      readonly right: number;
      readonly jeffreysMean: string;
      readonly inForce: string | null;
    }[];
    readonly audits: readonly Schemas['LinkAudit'][];
    readonly next: string | null;
  };
  LinkConfidencePolicyRule: {
    readonly E1?: string;
    readonly E2?: string;
    readonly E3?: string;
    readonly E4?: string;
    readonly E5?: string;
    readonly basis?: readonly {
      readonly tier: 'E1' | 'E2' | 'E3' | 'E4' | 'E5';
      readonly method: 'jeffreys' | 'fellegi_sunter';
      readonly right: number;
      readonly audited: number;
    }[];
  };
  LinkDecision: {
    readonly decisionId: string;
    readonly action: 'link' | 'unlink';
    readonly workItem: { readonly kind: string; readonly key: string };
    readonly traceId: string;
    readonly spanIds: readonly string[] | null;
    readonly attemptId: string | null;
    readonly reason: string;
    readonly recordedAt: string;
    readonly recordedBy: string;
  };
  LinkSuggestion: {
    readonly traceId: string;
    readonly workItem: { readonly kind: string; readonly key: string };
    readonly tier: string;
    readonly confidence: string;
    readonly why: 'below_threshold' | 'dangling_key' | 'same_conversation' | 'same_customer';
    readonly costUsd: string | null;
    readonly accept: {
      readonly action: 'link';
      readonly traceId: string;
      readonly workItem: { readonly kind: string; readonly key: string };
    };
  };
  Links: {
    readonly links: readonly Schemas['Link'][];
    readonly decisions: readonly Schemas['LinkDecision'][];
  };
  LinksPolicyRule: {
    readonly bookThreshold?: string;
    readonly splitDriver?: 'tokens' | 'tool_calls' | 'weight' | 'even' | 'best_available';
    readonly customerAttributes?: readonly string[];
  };
  MaturityReport: {
    readonly report: 'maturity';
    readonly view: 'settled' | 'cohort';
    readonly formula: string;
    readonly rows: readonly Schemas['MaturityRow'][];
    readonly total: Schemas['MaturityRow'];
    readonly additive: boolean;
    readonly next: string | null;
    readonly tieOut: Schemas['TieOut'];
  };
  MaturityRow: {
    readonly group: Readonly<Record<string, string | null>>;
    readonly workItems: number;
    readonly attempts: number;
    readonly outcomes: number | null;
    readonly costUsd: string | null;
    readonly costPerOutcomeUsd: string | null;
    readonly loadedCostUsd: string | null;
    readonly loadedCostPerOutcomeUsd: string | null;
    readonly loadedGrade: 'measured' | 'metered' | 'allocated' | 'estimated' | 'assumed' | 'incomplete';
    readonly unpricedCalls: number | null;
    readonly attemptsWithoutUsage: number | null;
    readonly unmatchedOutcomes: number | null;
    readonly pending: { readonly items: number; readonly costUsd: string | null } | null;
    readonly coverage: {
      readonly priced: string | null;
      readonly linked: string | null;
      readonly reconciled: string | null;
      readonly controls?: {
        readonly share: string | null;
        readonly totals: number;
        readonly matching: number;
        readonly matches: boolean;
      } | null;
    };
    readonly linkCoverage: string | null;
    readonly grade: 'measured' | 'metered' | 'allocated' | 'estimated' | 'assumed' | 'incomplete';
    readonly gradeReasons: readonly string[];
    readonly bound?: 'lower';
    readonly immature?: true;
    readonly maturity: string | null;
    readonly nowcast: {
      readonly seen: number;
      readonly expected: string;
      readonly standardDeviation: string;
      readonly low: string;
      readonly high: string;
      readonly known: string;
    } | null;
    readonly withheld: ('no_older_items' | 'older_items_open' | 'too_little_known' | 'total') | null;
    readonly older: { readonly items: number; readonly open: number };
  };
  Me: {
    readonly tenant: string;
    readonly principal: { readonly principalId: string; readonly name: string };
    readonly keyId: string;
    readonly roles: readonly (
      'spans' | 'outcomes' | 'analyst' | 'auditor' | 'privacy' | 'approver' | 'admin'
    )[];
    readonly sources: readonly string[] | null;
    readonly kinds: readonly string[] | null;
    readonly otlp: { readonly httpPort: number; readonly grpcPort: number } | null;
    readonly engine: string;
  };
  MeteredAgainstMetrics: {
    readonly report: 'metered-against-metrics';
    readonly period: { readonly from: string; readonly to: string };
    readonly rows: readonly {
      readonly day: string;
      readonly service: string;
      readonly model: string;
      readonly metric: string;
      readonly tokenClass: string;
      readonly unit: 'tokens' | 'USD';
      readonly metricTotal: string | null;
      readonly callsTotal: string | null;
      readonly difference: string | null;
      readonly restored: string;
      readonly calls: number;
      readonly callsWithoutUsage: number;
    }[];
    readonly next: string | null;
    readonly size: number | null;
    readonly root: string | null;
    readonly sealed:
      | 'no checkpoint is signed yet'
      | 'newer leaves wait for the next checkpoint: the figures may include what they record'
      | 'everything recorded is in the log of this size';
    readonly engine: string;
    readonly tieOut: Schemas['TieOut'];
  };
  ModelAlias: {
    readonly priceId: string;
    readonly version: number;
    readonly name: string;
    readonly provider: string;
    readonly means: { readonly provider: string | null; readonly model: string } | null;
    readonly validFrom: string | null;
    readonly validTo: string | null;
    readonly isStanding: boolean;
  };
  ModelAliases: { readonly items: readonly Schemas['ModelAlias'][] };
  ModelAliasesAnswer: { readonly version: Schemas['PriceBookVersion'] | null };
  MoversReport: {
    readonly report: 'movers';
    readonly view: 'settled' | 'cohort';
    readonly formula: string;
    readonly rows: readonly Schemas['MoversRow'][];
    readonly total: Schemas['MoversRow'];
    readonly additive: boolean;
    readonly next: string | null;
    readonly tieOut: Schemas['TieOut'];
    readonly tieOutBefore: Schemas['TieOut'];
  };
  MoversRow: {
    readonly group: Readonly<Record<string, string | null>>;
    readonly workItems: number;
    readonly before: {
      readonly workItems: number;
      readonly attempts: number;
      readonly calls: number;
      readonly tokens: string | null;
      readonly outcomes: number;
      readonly costUsd: string;
      readonly costPerOutcomeUsd: string | null;
      readonly interval: Schemas['CostInterval'] | null;
      readonly priced: string | null;
    };
    readonly after: {
      readonly workItems: number;
      readonly attempts: number;
      readonly calls: number;
      readonly tokens: string | null;
      readonly outcomes: number;
      readonly costUsd: string;
      readonly costPerOutcomeUsd: string | null;
      readonly interval: Schemas['CostInterval'] | null;
      readonly priced: string | null;
    };
    readonly changeUsd: string;
    readonly effects: {
      readonly volumeUsd: string;
      readonly mixUsd: string;
      readonly attemptsUsd: string;
      readonly callsUsd: string;
      readonly usageUsd: string;
      readonly priceUsd: string;
    };
    readonly areTokensKnown: boolean;
    readonly unitCost: { readonly volumeUsd: string; readonly unitCostUsd: string } | null;
    readonly grade: 'measured' | 'metered' | 'allocated' | 'estimated' | 'assumed' | 'incomplete';
    readonly bound?: 'lower';
  };
  NewAdjustment:
    | {
        readonly kind: 'write_off';
        readonly fromDay?: string | null;
        readonly toDay: string;
        readonly provider?: string | null;
        readonly reasonCode: string;
        readonly reason: string;
      }
    | {
        readonly kind: 'reversal';
        readonly postingId: string;
        readonly transactionId: string;
        readonly reason: string;
      };
  NewBaseline: {
    readonly name: string;
    readonly validFrom?: string | null;
    readonly rule: Schemas['BaselineRule'];
  };
  NewCostLine: {
    readonly source: string;
    readonly id: string;
    readonly workItem: { readonly kind: string; readonly key: string };
    readonly kind: 'human' | 'tool_fee' | 'bpo_handoff' | 'platform_fee' | 'infrastructure';
    readonly occurredAt: string;
    readonly amount?: { readonly amount: string; readonly currency: string };
    readonly quantity?: string;
    readonly unit?: string;
    readonly rate?: { readonly amount: string; readonly currency: string };
    readonly role?: string;
    readonly billedBy?: string;
    readonly attempt?: string;
    readonly trace?: string;
    readonly supersedes?: string;
  };
  NewCostLines: { readonly lines: readonly Schemas['NewCostLine'][] };
  NewDecision: {
    readonly decisionId?: string;
    readonly workItem: { readonly kind: string; readonly key: string };
    readonly traceId?: string;
    readonly spanId?: string;
    readonly at?: string;
    readonly reasonCode?: string;
    readonly kind: 'rule' | 'exception' | 'precedent' | 'handoff' | 'verdict' | 'document';
    readonly id: string;
    readonly version?: string;
    readonly result?: string;
    readonly note?: string;
  };
  NewDefinition: {
    readonly name: string;
    readonly validFrom?: string | null;
    readonly mode?: 'prospective' | 'retrospective';
    readonly rule: Schemas['DefinitionRule'];
  };
  NewErasure: { readonly scope: Schemas['ErasureScope']; readonly basis: string; readonly reason: string };
  NewExport: {
    readonly scope:
      | { readonly kind: 'work_items'; readonly workItems: readonly string[] }
      | { readonly kind: 'period'; readonly period: string }
      | { readonly kind: 'tenant' };
    readonly method?: 'full-log' | 'trail-chain';
    readonly size?: number;
    readonly asOf?: string;
    readonly since?: number;
    readonly content?: boolean;
    readonly purpose: string;
  };
  NewFxRate: {
    readonly base: string;
    readonly quote: string;
    readonly rate: string;
    readonly day: string;
    readonly source: string;
    readonly toldAt?: string | null;
  };
  NewFxRates: { readonly rates: readonly Schemas['NewFxRate'][] };
  NewGrant: {
    readonly principal: string;
    readonly scope:
      | { readonly kind: 'work_item'; readonly workItem: string }
      | { readonly kind: 'work_item_kind'; readonly workItemKind: string }
      | { readonly kind: 'tenant' };
    readonly purpose: string;
    readonly validUntil: string;
  };
  NewKey: {
    readonly principal: string;
    readonly roles: readonly (
      'spans' | 'outcomes' | 'analyst' | 'auditor' | 'privacy' | 'approver' | 'admin'
    )[];
    readonly sources?: readonly string[] | null;
    readonly kinds?: readonly string[] | null;
  };
  NewKeyMapping: {
    readonly name: string;
    readonly validFrom?: string | null;
    readonly mode?: 'prospective' | 'retrospective';
    readonly rule: Schemas['KeyMappingRule'] | Schemas['ToolKeyRule'] | Schemas['KeyPatternRule'];
  };
  NewLink: {
    readonly action: 'link' | 'unlink';
    readonly workItem: { readonly kind: string; readonly key: string };
    readonly traceId?: string;
    readonly spanIds?: readonly string[];
    readonly attemptId?: string;
    readonly reason: string;
  };
  NewLinkAudit: {
    readonly traceId: string;
    readonly linkId: string;
    readonly verdict: 'right' | 'wrong';
    readonly note?: string | null;
  };
  NewLinkCalibration: {
    readonly tiers: readonly (
      | { readonly tier: 'E1' | 'E2' | 'E3' | 'E4' | 'E5'; readonly method: 'jeffreys' }
      | {
          readonly tier: 'E1' | 'E2' | 'E3' | 'E4' | 'E5';
          readonly method: 'fellegi_sunter';
          readonly m: number;
          readonly u: number;
          readonly prior: number;
        }
    )[];
    readonly minimumAudits?: number;
  };
  NewModelAliases: {
    readonly source?: string;
    readonly aliases: readonly {
      readonly name: string;
      readonly provider?: string;
      readonly means: { readonly provider?: string | null; readonly model: string } | null;
      readonly validFrom?: string | null;
      readonly validTo?: string | null;
    }[];
  };
  NewOutcomeAudit: {
    readonly outcomeType: string;
    readonly from: string;
    readonly to: string;
    readonly sampleSize: number;
    readonly minimumPerStratum?: number;
    readonly highValue?: { readonly amount: string; readonly currency: string } | null;
    readonly seed?: string;
  };
  NewOutcomeControl: {
    readonly source: string;
    readonly period: string;
    readonly type: string;
    readonly count: number;
    readonly value?: { readonly amount: string; readonly currency: string } | null;
  };
  NewOutcomeVerdicts: {
    readonly verdicts: readonly {
      readonly kind: string;
      readonly key: string;
      readonly valid: boolean;
      readonly note?: string | null;
    }[];
  };
  NewOverride: {
    readonly decisionId?: string;
    readonly workItem: { readonly kind: string; readonly key: string };
    readonly traceId?: string;
    readonly spanId?: string;
    readonly at?: string;
    readonly reasonCode?: string;
    readonly from: string;
    readonly to: string;
    readonly reason: string;
  };
  NewPolicy:
    | {
        readonly name: 'overhead';
        readonly validFrom?: string | null;
        readonly mode?: 'prospective' | 'retrospective';
        readonly rule: Schemas['OverheadPolicyRule'];
      }
    | {
        readonly name: 'dimensions';
        readonly validFrom?: string | null;
        readonly mode?: 'prospective' | 'retrospective';
        readonly rule: Schemas['DimensionsPolicyRule'];
      }
    | {
        readonly name: 'intake';
        readonly validFrom?: string | null;
        readonly mode?: 'prospective' | 'retrospective';
        readonly rule: Schemas['IntakePolicyRule'];
      }
    | {
        readonly name: 'links';
        readonly validFrom?: string | null;
        readonly mode?: 'prospective' | 'retrospective';
        readonly rule: Schemas['LinksPolicyRule'];
      }
    | {
        readonly name: 'link_confidence';
        readonly validFrom?: string | null;
        readonly mode?: 'prospective' | 'retrospective';
        readonly rule: Schemas['LinkConfidencePolicyRule'];
      }
    | {
        readonly name: 'placement';
        readonly validFrom?: string | null;
        readonly mode?: 'prospective' | 'retrospective';
        readonly rule: Schemas['PlacementPolicyRule'];
      }
    | {
        readonly name: 'labour_rates';
        readonly validFrom?: string | null;
        readonly mode?: 'prospective' | 'retrospective';
        readonly rule: Schemas['LabourRatesPolicyRule'];
      }
    | {
        readonly name: 'pools';
        readonly validFrom?: string | null;
        readonly mode?: 'prospective' | 'retrospective';
        readonly rule: Schemas['PoolsPolicyRule'];
      }
    | {
        readonly name: 'fx';
        readonly validFrom?: string | null;
        readonly mode?: 'prospective' | 'retrospective';
        readonly rule: Schemas['FxPolicyRule'];
      }
    | {
        readonly name: 'content';
        readonly validFrom?: string | null;
        readonly mode?: 'prospective' | 'retrospective';
        readonly rule: Schemas['ContentPolicyRule'];
      }
    | {
        readonly name: 'waste';
        readonly validFrom?: string | null;
        readonly mode?: 'prospective' | 'retrospective';
        readonly rule: Schemas['WastePolicyRule'];
      }
    | {
        readonly name: 'approvals';
        readonly validFrom?: string | null;
        readonly mode?: 'prospective' | 'retrospective';
        readonly rule: Schemas['ApprovalsPolicyRule'];
      };
  NewPreview:
    | { readonly kind: 'price_book'; readonly body: Schemas['NewPriceBookVersion'] }
    | { readonly kind: 'self_hosted_rate'; readonly body: Schemas['NewSelfHostedRate'] }
    | { readonly kind: 'model_aliases'; readonly body: Schemas['NewModelAliases'] }
    | { readonly kind: 'fx_rates'; readonly body: Schemas['NewFxRates'] }
    | { readonly kind: 'definition'; readonly body: Schemas['NewDefinition'] }
    | { readonly kind: 'policy'; readonly body: Schemas['NewPolicy'] }
    | { readonly kind: 'key_mapping'; readonly body: Schemas['NewKeyMapping'] }
    | { readonly kind: 'link_calibration'; readonly body: Schemas['NewLinkCalibration'] }
    | { readonly kind: 'link'; readonly body: Schemas['NewLink'] }
    | { readonly kind: 'renormalisation'; readonly body: Schemas['NewRenormalisation'] };
  NewPriceBookVersion:
    | {
        readonly book: string;
        readonly source: string;
        readonly mode?: 'add' | 'replace';
        readonly format: 'rows';
        readonly rows: readonly Schemas['GivenPriceRow'][];
      }
    | {
        readonly book: string;
        readonly source: string;
        readonly mode?: 'add' | 'replace';
        readonly format: 'litellm' | 'genai-prices' | 'models.dev';
        readonly validFrom?: string | null;
        readonly data: unknown;
      };
  NewPrincipal: { readonly name: string };
  NewRenormalisation: { readonly from?: string | null; readonly to?: string | null; readonly reason: string };
  NewSelfHostedRate: {
    readonly source?: string;
    readonly rate: {
      readonly provider?: string;
      readonly model: string;
      readonly validFrom?: string | null;
      readonly validTo?: string | null;
      readonly currency?: string;
      readonly accelerators: string;
      readonly rentPerAcceleratorHour?: string;
      readonly purchasePricePerAccelerator?: string;
      readonly residualValuePerAccelerator?: string;
      readonly amortisationMonths?: string;
      readonly powerWattsPerAccelerator?: string;
      readonly powerUsageEffectiveness?: string;
      readonly electricityPerKilowattHour?: string;
      readonly facilityPerMonth?: string;
      readonly operationsPerMonth?: string;
      readonly hoursPerDay?: string;
      readonly practicalCapacity: string;
      readonly inputTokensPerSecond: string;
      readonly outputTokensPerSecond?: string | null;
      readonly cacheReadTokensPerSecond?: string | null;
    };
  };
  NewTableExport:
    | {
        readonly kind: 'journal';
        readonly format?: 'csv' | 'ndjson' | 'parquet';
        readonly period?: string;
        readonly size?: number;
      }
    | {
        readonly kind: 'focus';
        readonly format?: 'csv' | 'ndjson' | 'parquet';
        readonly from?: string;
        readonly to?: string;
        readonly size?: number;
      }
    | {
        readonly kind: 'work_items';
        readonly format?: 'csv' | 'ndjson' | 'parquet';
        readonly workItemKind?: string;
        readonly from?: string;
        readonly to?: string;
      };
  OperatingModelReport: {
    readonly report: 'operating-model';
    readonly view: 'settled' | 'cohort';
    readonly formula: string;
    readonly rows: readonly Schemas['OperatingModelRow'][];
    readonly total: Schemas['OperatingModelRow'];
    readonly additive: boolean;
    readonly next: string | null;
    readonly tieOut: Schemas['TieOut'];
  };
  OperatingModelRow: {
    readonly group: Readonly<Record<string, string | null>>;
    readonly workItems: number;
    readonly attempts: number;
    readonly outcomes: number | null;
    readonly costUsd: string | null;
    readonly costPerOutcomeUsd: string | null;
    readonly loadedCostUsd: string | null;
    readonly loadedCostPerOutcomeUsd: string | null;
    readonly loadedGrade: 'measured' | 'metered' | 'allocated' | 'estimated' | 'assumed' | 'incomplete';
    readonly unpricedCalls: number | null;
    readonly attemptsWithoutUsage: number | null;
    readonly unmatchedOutcomes: number | null;
    readonly pending: { readonly items: number; readonly costUsd: string | null } | null;
    readonly coverage: {
      readonly priced: string | null;
      readonly linked: string | null;
      readonly reconciled: string | null;
      readonly controls?: {
        readonly share: string | null;
        readonly totals: number;
        readonly matching: number;
        readonly matches: boolean;
      } | null;
    };
    readonly linkCoverage: string | null;
    readonly grade: 'measured' | 'metered' | 'allocated' | 'estimated' | 'assumed' | 'incomplete';
    readonly gradeReasons: readonly string[];
    readonly bound?: 'lower';
    readonly immature?: true;
    readonly before: {
      readonly items: number;
      readonly outcomes: number;
      readonly itemsPerDay: string | null;
      readonly touchlessShare: string | null;
      readonly firstTimeRightShare: string | null;
      readonly reopenedShare: string | null;
      readonly cycleDaysP50: string | null;
      readonly cycleDaysP90: string | null;
      readonly humanMinutesPerItem: string | null;
      readonly inWork: number;
    } | null;
    readonly after: {
      readonly items: number;
      readonly outcomes: number;
      readonly itemsPerDay: string | null;
      readonly touchlessShare: string | null;
      readonly firstTimeRightShare: string | null;
      readonly reopenedShare: string | null;
      readonly cycleDaysP50: string | null;
      readonly cycleDaysP90: string | null;
      readonly humanMinutesPerItem: string | null;
      readonly inWork: number;
    } | null;
    readonly changes: readonly {
      readonly metric:
        'touchlessShare' | 'firstTimeRightShare' | 'reopenedShare' | 'cycleDaysP50' | 'humanMinutesPerItem';
      readonly difference: string;
      readonly beyondComparison: string | null;
    }[];
    readonly cycleSeries: {
      readonly level: {
        readonly estimate: string;
        readonly low: string;
        readonly high: string;
        readonly pValue: string;
      };
      readonly slopePerWeek: {
        readonly estimate: string;
        readonly low: string;
        readonly high: string;
        readonly pValue: string;
      };
    } | null;
    readonly minutesReleasedPerItem: string | null;
  };
  Outcome: {
    readonly outcomeId: string;
    readonly source: string;
    readonly id: string;
    readonly type: string;
    readonly workItem: { readonly kind: string; readonly key: string };
    readonly verb: string;
    readonly effect: string;
    readonly setAside: string | null;
    readonly time: string;
    readonly timeAssumed: boolean;
    readonly sequence: string | null;
    readonly value: { readonly amount: string; readonly currency?: string; readonly unit?: string } | null;
    readonly tier: string | null;
    readonly quality: string | null;
    readonly data?: unknown;
    readonly extensions: Readonly<Record<string, string | number | boolean>>;
    readonly receivedAt: string;
  };
  OutcomeAudit: {
    readonly auditId: string;
    readonly seed: string;
    readonly population: {
      readonly outcomeType: string;
      readonly from: string;
      readonly to: string;
      readonly highValue: { readonly amount: string; readonly currency: string } | null;
      readonly claimed: number;
      readonly costUsd: string | null;
      readonly bound?: 'lower';
    };
    readonly strata: readonly {
      readonly segment: string | null;
      readonly tier: string | null;
      readonly highValue: boolean;
      readonly claimed: number;
      readonly sampled: number;
      readonly reviewed: number;
      readonly valid: number;
    }[];
    readonly result: Schemas['VerifiedOutcomes'] | null;
    readonly recordedAt: string;
    readonly recordedBy: string;
  };
  OutcomeAuditDetail: {
    readonly auditId: string;
    readonly seed: string;
    readonly population: {
      readonly outcomeType: string;
      readonly from: string;
      readonly to: string;
      readonly highValue: { readonly amount: string; readonly currency: string } | null;
      readonly claimed: number;
      readonly costUsd: string | null;
      readonly bound?: 'lower';
    };
    readonly strata: readonly {
      readonly segment: string | null;
      readonly tier: string | null;
      readonly highValue: boolean;
      readonly claimed: number;
      readonly sampled: number;
      readonly reviewed: number;
      readonly valid: number;
    }[];
    readonly result: Schemas['VerifiedOutcomes'] | null;
    readonly recordedAt: string;
    readonly recordedBy: string;
    readonly items: readonly {
      readonly kind: string;
      readonly key: string;
      readonly workItemId: string | null;
      readonly stratum: number;
      readonly verdict: {
        readonly version: number;
        readonly valid: boolean;
        readonly note: string | null;
        readonly recordedAt: string;
        readonly recordedBy: string;
      } | null;
    }[];
  };
  OutcomeAuditPage: { readonly items: readonly Schemas['OutcomeAudit'][]; readonly next: string | null };
  OutcomeBatchAnswer: {
    readonly stored: number;
    readonly duplicate: number;
    readonly refused: number;
    readonly results: readonly {
      readonly status: 'stored' | 'duplicate' | 'refused';
      readonly outcome: Schemas['Outcome'] | null;
      readonly problem: {
        readonly title: string;
        readonly status: number;
        readonly detail: string;
        readonly field: string | null;
      } | null;
    }[];
  };
  OutcomeControl: {
    readonly source: string;
    readonly period: string;
    readonly type: string;
    readonly version: number;
    readonly count: number;
    readonly value: { readonly amount: string; readonly currency?: string; readonly unit?: string } | null;
    readonly held: {
      readonly count: number;
      readonly value: { readonly amount: string; readonly currency?: string; readonly unit?: string } | null;
    };
    readonly difference: { readonly count: number; readonly amount: string | null };
    readonly matches: boolean;
    readonly recordedAt: string;
    readonly recordedBy: string;
  };
  OutcomeControlAnswer: { readonly recorded: number };
  OutcomeControlPage: { readonly items: readonly Schemas['OutcomeControl'][]; readonly next: string | null };
  OutcomePage: { readonly items: readonly Schemas['Outcome'][]; readonly next: string | null };
  OverTimeReport: {
    readonly report: 'over-time';
    readonly view: 'settled' | 'cohort';
    readonly formula: string;
    readonly rows: readonly Schemas['OverTimeRow'][];
    readonly total: Schemas['OverTimeRow'];
    readonly additive: boolean;
    readonly next: string | null;
    readonly tieOut: Schemas['TieOut'];
  };
  OverTimeRow: {
    readonly group: Readonly<Record<string, string | null>>;
    readonly workItems: number;
    readonly attempts: number;
    readonly outcomes: number | null;
    readonly costUsd: string | null;
    readonly costPerOutcomeUsd: string | null;
    readonly loadedCostUsd: string | null;
    readonly loadedCostPerOutcomeUsd: string | null;
    readonly loadedGrade: 'measured' | 'metered' | 'allocated' | 'estimated' | 'assumed' | 'incomplete';
    readonly unpricedCalls: number | null;
    readonly attemptsWithoutUsage: number | null;
    readonly unmatchedOutcomes: number | null;
    readonly pending: { readonly items: number; readonly costUsd: string | null } | null;
    readonly coverage: {
      readonly priced: string | null;
      readonly linked: string | null;
      readonly reconciled: string | null;
      readonly controls?: {
        readonly share: string | null;
        readonly totals: number;
        readonly matching: number;
        readonly matches: boolean;
      } | null;
    };
    readonly linkCoverage: string | null;
    readonly grade: 'measured' | 'metered' | 'allocated' | 'estimated' | 'assumed' | 'incomplete';
    readonly gradeReasons: readonly string[];
    readonly bound?: 'lower';
    readonly immature?: true;
    readonly interval: Schemas['CostInterval'] | null;
    readonly loadedInterval: Schemas['CostInterval'] | null;
    readonly maturity: string | null;
    readonly baseline: {
      readonly name: string;
      readonly version: number;
      readonly costPerOutcomeUsd: string;
      readonly isAssumed: boolean;
    } | null;
  };
  OverheadPolicyRule: {
    readonly pools: readonly {
      readonly pool: string;
      readonly match: {
        readonly source: 'resource' | 'span';
        readonly attribute: string;
        readonly equals: string;
      };
    }[];
  };
  Period: {
    readonly period: string;
    readonly state: 'closing' | 'closed';
    readonly requestedAt: string;
    readonly requestedBy: string;
    readonly closedAt: string | null;
    readonly size: number | null;
    readonly root: string | null;
    readonly trialBalance: unknown;
    readonly rules: unknown;
    readonly revisions: number | null;
    readonly revisionsRoot: string | null;
  };
  PeriodBridge: {
    readonly period: string;
    readonly currencies: readonly {
      readonly currency: string;
      readonly openingWorkInProgress: string;
      readonly charges: string;
      readonly adjustments: string;
      readonly closingWorkInProgress: string;
      readonly unattributed: string;
      readonly overhead: string;
      readonly writtenOff: string;
      readonly variance: string;
      readonly settled: string;
      readonly settledByAccount: readonly { readonly account: string; readonly amount: string }[];
    }[];
  };
  PeriodChanges: {
    readonly period: string;
    readonly accounts: readonly {
      readonly account: string;
      readonly currency: string;
      readonly reported: string;
      readonly changes: readonly { readonly code: string; readonly amount: string }[];
      readonly restated: string;
    }[];
  };
  PeriodExplanation: {
    readonly view: 'period';
    readonly group: Readonly<Record<string, string | null>>;
    readonly size: number | null;
    readonly costUsd: string;
    readonly byPlace: Readonly<Record<string, string>>;
    readonly charges: readonly {
      readonly traceId: string;
      readonly spanId: string;
      readonly day: string;
      readonly provider: string;
      readonly model: string;
      readonly account: string;
      readonly workItem: { readonly kind: string; readonly key: string } | null;
      readonly priceIds: readonly string[];
      readonly costUsd: string;
      readonly href: string;
    }[];
    readonly next: string | null;
    readonly change: {
      readonly size: number;
      readonly beforeUsd: string;
      readonly afterUsd: string;
      readonly differenceUsd: string;
      readonly codes: readonly {
        readonly code: string;
        readonly amountUsd: string;
        readonly transactions: number;
        readonly causes: readonly string[];
      }[];
      readonly betweenGroupsUsd: string;
    } | null;
  };
  Periods: { readonly items: readonly Schemas['Period'][] };
  PlacementPolicyRule: {
    readonly retry?: 'waste' | 'carry';
    readonly reopened?: 'waste' | 'carry';
    readonly afterOutcome?: 'waste' | 'carry';
  };
  PoolAllocation: { readonly month: string };
  PoolsPolicyRule: {
    readonly pools: readonly {
      readonly pool: string;
      readonly method?: 'proportional' | 'even' | 'fixed';
      readonly driver?: 'retrievals' | 'model_calls' | 'attempts' | 'items' | 'direct_cost';
      readonly outcomeTypes?: readonly string[] | null;
      readonly fixedShares?: Readonly<Record<string, string>>;
      readonly declared?: readonly {
        readonly source: string;
        readonly amountPerDay: string;
        readonly currency: string;
      }[];
      readonly practicalCapacityPerDay?: string | null;
      readonly serves?: readonly { readonly pool: string; readonly share: string }[];
    }[];
  };
  PostingHalts: {
    readonly isHalted: boolean;
    readonly items: readonly {
      readonly haltId: string;
      readonly invariant: string;
      readonly subject: string;
      readonly found: string;
      readonly raisedAt: string;
      readonly clearedAt: string | null;
      readonly clearedBy: string | null;
      readonly reason: string | null;
    }[];
  };
  Precedents: {
    readonly trail: string;
    readonly size: number;
    readonly considered: number;
    readonly precedents: readonly {
      readonly trail: string;
      readonly name: string;
      readonly phase: string;
      readonly isNamed: boolean;
      readonly score: number;
      readonly parts: {
        readonly rules: number;
        readonly decisionKinds: number;
        readonly runs: number;
        readonly traits: number;
      };
      readonly sharedRules: readonly string[];
    }[];
  };
  Preview: {
    readonly previewId: string;
    readonly kind:
      | 'price_book'
      | 'self_hosted_rate'
      | 'model_aliases'
      | 'fx_rates'
      | 'definition'
      | 'policy'
      | 'key_mapping'
      | 'link_calibration'
      | 'link'
      | 'renormalisation';
    readonly state: 'open' | 'done' | 'failed' | 'expired';
    readonly digest: string;
    readonly body: unknown;
    readonly root: string | null;
    readonly requestedAt: string;
    readonly requestedBy: string;
    readonly doneAt: string | null;
    readonly expiresAt: string;
    readonly fromSize: number;
    readonly toSize: number | null;
    readonly tracesKnown: number;
    readonly tracesDone: number;
    readonly tracesFailed: number;
    readonly isNothing: boolean;
    readonly failure: string | null;
    readonly error: string | null;
    readonly charges: readonly { readonly currency: string; readonly amount: string }[];
    readonly moved: { readonly charges: number; readonly traces: number; readonly items: number };
    readonly decision: ('approved' | 'declined') | null;
    readonly decidedAt: string | null;
    readonly decidedBy: string | null;
  };
  PreviewDecision: { readonly decision: 'approved' | 'declined' };
  PreviewDetail: {
    readonly previewId: string;
    readonly kind:
      | 'price_book'
      | 'self_hosted_rate'
      | 'model_aliases'
      | 'fx_rates'
      | 'definition'
      | 'policy'
      | 'key_mapping'
      | 'link_calibration'
      | 'link'
      | 'renormalisation';
    readonly state: 'open' | 'done' | 'failed' | 'expired';
    readonly digest: string;
    readonly body: unknown;
    readonly root: string | null;
    readonly requestedAt: string;
    readonly requestedBy: string;
    readonly doneAt: string | null;
    readonly expiresAt: string;
    readonly fromSize: number;
    readonly toSize: number | null;
    readonly tracesKnown: number;
    readonly tracesDone: number;
    readonly tracesFailed: number;
    readonly isNothing: boolean;
    readonly failure: string | null;
    readonly error: string | null;
    readonly charges: readonly { readonly currency: string; readonly amount: string }[];
    readonly moved: { readonly charges: number; readonly traces: number; readonly items: number };
    readonly decision: ('approved' | 'declined') | null;
    readonly decidedAt: string | null;
    readonly decidedBy: string | null;
    readonly byCode: readonly { readonly currency: string; readonly code: string; readonly amount: string }[];
    readonly byPeriod: readonly {
      readonly currency: string;
      readonly period: string;
      readonly amount: string;
    }[];
    readonly byAccount: readonly {
      readonly currency: string;
      readonly account: string;
      readonly amount: string;
    }[];
    readonly byWorkflow: readonly {
      readonly currency: string;
      readonly workflow: string | null;
      readonly amount: string;
    }[];
    readonly deltas: readonly {
      readonly currency: string;
      readonly code: string;
      readonly period: string;
      readonly account: string;
      readonly workflow: string | null;
      readonly amount: string;
      readonly entries: number;
    }[];
    readonly byAccountClass: readonly {
      readonly currency: string;
      readonly number: string;
      readonly name: string;
      readonly amount: string;
    }[];
    readonly byUsageMonth: readonly {
      readonly currency: string;
      readonly month: string;
      readonly amount: string;
    }[];
    readonly otherwise: readonly { readonly currency: string; readonly amount: string }[];
    readonly largest: readonly {
      readonly currency: string;
      readonly amount: string;
      readonly account: string;
      readonly traceId: string | null;
      readonly spanId: string | null;
      readonly workItem: { readonly kind: string; readonly key: string } | null;
    }[];
  };
  Previews: { readonly items: readonly Schemas['Preview'][]; readonly next: string | null };
  PriceBookAnswer: {
    readonly version: Schemas['PriceBookVersion'] | null;
    readonly preview: Schemas['PriceBookPreview'] | null;
    readonly snapped: readonly unknown[];
    readonly refused: readonly unknown[];
  };
  PriceBookDifference: {
    readonly book: string;
    readonly isShipped: boolean;
    readonly from: number;
    readonly to: number;
    readonly counts: Schemas['PriceDifferenceCounts'];
    readonly differences: readonly Schemas['PriceDifference'][];
    readonly next: string | null;
  };
  PriceBookPreview: {
    readonly version: number;
    readonly rowCount: number;
    readonly root: string;
    readonly counts: Schemas['PriceDifferenceCounts'];
    readonly differences: readonly Schemas['PriceDifference'][];
  };
  PriceBookRows: {
    readonly book: string;
    readonly version: number;
    readonly isShipped: boolean;
    readonly source: string;
    readonly rowCount: number;
    readonly root: string;
    readonly createdAt: string;
    readonly createdBy: string | null;
    readonly rows: readonly unknown[];
    readonly next: string | null;
  };
  PriceBookVersion: {
    readonly book: string;
    readonly version: number;
    readonly isShipped: boolean;
    readonly source: string;
    readonly rowCount: number;
    readonly root: string;
    readonly createdAt: string;
    readonly createdBy: string | null;
  };
  PriceBooks: { readonly items: readonly Schemas['PriceBookVersion'][] };
  PriceDifference: {
    readonly change: 'added' | 'removed' | 'changed';
    readonly effect:
      'dearer' | 'cheaper' | 'same' | 'now_priced' | 'now_unpriced' | 'other_currency' | 'mixed';
    readonly provider: string;
    readonly model: string;
    readonly validFrom: string | null;
    readonly serviceTier: string | null;
    readonly prices: readonly {
      readonly class: string;
      readonly aboveTokens: string | null;
      readonly before: string | null;
      readonly after: string | null;
      readonly effect:
        'dearer' | 'cheaper' | 'same' | 'now_priced' | 'now_unpriced' | 'other_currency' | 'mixed';
    }[];
    readonly fields: readonly string[];
    readonly before: unknown;
    readonly after: unknown;
  };
  PriceDifferenceCounts: { readonly added: number; readonly removed: number; readonly changed: number };
  PriceOfCharge: {
    readonly priceId: string;
    readonly book: string;
    readonly version: number;
    readonly provider: string;
    readonly model: string;
    readonly validFrom: string | null;
    readonly validTo: string | null;
    readonly serviceTier: string | null;
  };
  Principal: { readonly principalId: string; readonly name: string; readonly createdAt: string };
  Principals: { readonly items: readonly Schemas['Principal'][] };
  Problem: {
    readonly type: 'about:blank';
    readonly title: string;
    readonly status: number;
    readonly detail: string;
    readonly instance?: string;
    readonly errors?: readonly { readonly field: string; readonly message: string }[];
    readonly retryAfterSeconds?: number;
  };
  ProvenLeaf: {
    readonly index: number;
    readonly size: number;
    readonly entry: string;
    readonly leafHash: string;
    readonly hashes: readonly string[];
    readonly checkpoint: string;
    readonly proof: string;
  };
  QualityFinding: {
    readonly code: string;
    readonly severity: 'action' | 'check' | 'note';
    readonly words: string;
    readonly docs: string;
    readonly spans: number;
    readonly share: string | null;
    readonly examples: readonly {
      readonly traceId: string;
      readonly spanId: string;
      readonly at: string;
      readonly spansInTrace: number;
    }[];
  };
  Receipt: {
    readonly batch: string;
    readonly signal: string;
    readonly receivedAt: string;
    readonly key: string;
    readonly digest: string;
    readonly redaction: string | null;
    readonly isOpenable: boolean;
    readonly received: number;
    readonly stored: number;
    readonly duplicate: number;
    readonly conflicting: number;
    readonly rejected: number;
    readonly state: 'waiting' | 'sealed' | 'signed';
    readonly leaf: Schemas['ProvenLeaf'] | null;
  };
  Reconciliations: {
    readonly items: readonly {
      readonly provider: string;
      readonly period: string;
      readonly isBooked: boolean;
      readonly isDue: boolean;
      readonly reconciledAt: string;
      readonly comparisons: readonly Schemas['BillComparison'][];
      readonly notCompared: readonly Schemas['BillNotCompared'][];
    }[];
  };
  RecordedDecision: {
    readonly decisionId: string;
    readonly state: 'stored' | 'duplicate';
    readonly trail: string;
    readonly decision: Schemas['ReplayDecision'];
    readonly recordedBy: string;
  };
  RecordedLink: { readonly decisionId: string; readonly decisions: readonly Schemas['LinkDecision'][] };
  ReevaluatedItem: {
    readonly about: 'outcome' | 'verdict' | 'attempt' | 'cost';
    readonly n: number | null;
    readonly trace: string | null;
    readonly rules: readonly string[];
    readonly recorded: Readonly<Record<string, string | null>> | null;
    readonly derived: Readonly<Record<string, string | null>> | null;
    readonly result: 'confirms' | 'diverges' | 'not_deterministic';
    readonly because: string | null;
  };
  ReevaluationAnswer: {
    readonly name: string;
    readonly digest: string;
    readonly reevaluation: {
      readonly format: 'reevaluation@1';
      readonly trail: string;
      readonly size: number;
      readonly result: 'confirms' | 'diverges' | 'not_deterministic';
      readonly counts: {
        readonly confirms: number;
        readonly diverges: number;
        readonly not_deterministic: number;
      };
      readonly items: readonly Schemas['ReevaluatedItem'][];
      readonly beyond: { readonly entries: number; readonly amounts: Readonly<Record<string, string>> };
    };
  };
  Renormalisation: {
    readonly causeId: string;
    readonly from: string | null;
    readonly to: string | null;
    readonly reason: string;
    readonly engine: string;
  };
  Replay: {
    readonly format: 'replay@1';
    readonly trail: string;
    readonly kind: string;
    readonly size: number;
    readonly sealedAt: string;
    readonly order: 'recorded' | 'observed';
    readonly rules: readonly string[];
    readonly verdict: Schemas['ReplayVerdict'];
    readonly cost: {
      readonly total: Readonly<Record<string, string>>;
      readonly sits: readonly {
        readonly account: string;
        readonly currency: string;
        readonly amount: string;
      }[];
    };
    readonly attempts: readonly Schemas['ReplayAttempt'][];
    readonly entries: readonly Schemas['ReplayEntry'][];
  };
  ReplayAnswer: {
    readonly name: string;
    readonly digest: string;
    readonly replay: Schemas['Replay'];
    readonly reading: readonly Schemas['EntryReading'][];
  };
  ReplayAttempt: {
    readonly n: number;
    readonly attemptId: string;
    readonly startedAt: string;
    readonly endedAt: string;
    readonly toldApartBy: string;
    readonly grade: string;
    readonly placement: string;
    readonly workflow: string;
    readonly agent: string | null;
    readonly model: string | null;
    readonly provider: string | null;
    readonly traces: readonly string[];
  };
  ReplayDecision: {
    readonly kind: string;
    readonly id: string;
    readonly version: string | null;
    readonly result: string | null;
    readonly from: string | null;
    readonly reason: string | null;
  };
  ReplayEntry: {
    readonly n: number;
    readonly type: 'step' | 'outcome' | 'cost_line' | 'link' | 'decision' | 'override';
    readonly attempt: number | null;
    readonly happenedAt: string;
    readonly endedAt: string | null;
    readonly knownAt: string;
    readonly delayMs: string;
    readonly late: boolean;
    readonly knewAtDecision: boolean | null;
    readonly proof: {
      readonly index: number;
      readonly leafHash: string;
      readonly revision: number | null;
      readonly since: number;
    };
    readonly step: Schemas['ReplayStep'] | null;
    readonly tool: {
      readonly called: string;
      readonly callId: string | null;
      readonly disposition: string;
      readonly effect: string;
      readonly basis: 'declared' | 'span';
    } | null;
    readonly retrieved: { readonly documents: number | null } | null;
    readonly retryOf: { readonly n: number; readonly changed: readonly string[] } | null;
    readonly handOff: { readonly from: string | null; readonly to: string | null } | null;
    readonly decisions: readonly Schemas['ReplayDecision'][];
    readonly about: number | null;
    readonly by: string | null;
    readonly outcome: {
      readonly eventId: string;
      readonly source: string;
      readonly verb: string;
      readonly effect: string;
      readonly sequence: string | null;
      readonly value: { readonly amount: string; readonly asset: string } | null;
      readonly tier: string | null;
      readonly quality: string | null;
      readonly ofMergedItem: boolean;
    } | null;
    readonly line: { readonly id: string; readonly kind: string; readonly source: string } | null;
    readonly link: { readonly decision: string; readonly action: string; readonly traceId: string } | null;
    readonly cost: {
      readonly direct: Readonly<Record<string, string>> | null;
      readonly cumulative: Readonly<Record<string, string>>;
      readonly sits: readonly {
        readonly account: string;
        readonly currency: string;
        readonly amount: string;
      }[];
    };
  };
  ReplayStep: {
    readonly kind: string;
    readonly role: string;
    readonly traceId: string;
    readonly spanId: string;
    readonly parent: number | null;
    readonly agent: string | null;
    readonly workflow: string | null;
    readonly service: string | null;
    readonly provider: string | null;
    readonly model: string | null;
    readonly failed: boolean;
    readonly finishReasons: readonly string[];
    readonly overheadPool: string | null;
    readonly isShared: boolean;
    readonly tokens: Readonly<Record<string, string>> | null;
    readonly usageState: string;
    readonly content: Readonly<Record<string, string>> | null;
  };
  ReplayVerdict: {
    readonly phase: string;
    readonly outcomeType: string;
    readonly definition: string;
    readonly generation: number;
    readonly at: string | null;
    readonly finalAt: string | null;
    readonly value: { readonly amount: string; readonly asset: string } | null;
    readonly tier: string | null;
    readonly quality: string | null;
    readonly by: number | null;
  };
  ReportedCostExample: {
    readonly traceId: string;
    readonly spanId: string;
    readonly at: string;
    readonly reportedUsd: string;
    readonly computedUsd: string;
    readonly differenceUsd: string;
  };
  ReportedCostReport: {
    readonly report: 'reported-cost';
    readonly period: { readonly from: string | null; readonly to: string | null };
    readonly rows: readonly Schemas['ReportedCostRow'][];
    readonly total: Schemas['ReportedCostRow'];
    readonly additive: boolean;
    readonly excluded: readonly {
      readonly reason: string;
      readonly claims: number;
      readonly reportedUsd: string | null;
    }[];
    readonly next: string | null;
    readonly size: number | null;
    readonly root: string | null;
    readonly sealed:
      | 'no checkpoint is signed yet'
      | 'newer leaves wait for the next checkpoint: the figures may include what they record'
      | 'everything recorded is in the log of this size';
    readonly engine: string;
    readonly query: Readonly<Record<string, string | null>>;
    readonly digest: string;
    readonly tieOut: Schemas['TieOut'];
  };
  ReportedCostRow: {
    readonly group: Readonly<Record<string, string | null>>;
    readonly calls: number;
    readonly reportedUsd: string | null;
    readonly compared: {
      readonly calls: number;
      readonly reportedUsd: string | null;
      readonly computedUsd: string | null;
      readonly differenceUsd: string | null;
      readonly relativeDifference: string | null;
      readonly callsOffByMoreThan5Percent: number;
    };
    readonly notCompared: {
      readonly calls: number;
      readonly reportedUsd: string | null;
      readonly byReason: Readonly<Record<string, number>>;
    };
    readonly zeroReportedWithTokens: number;
    readonly examples: readonly Schemas['ReportedCostExample'][];
  };
  RetriesReport: {
    readonly report: 'retries';
    readonly view: 'settled' | 'cohort';
    readonly formula: string;
    readonly rows: readonly Schemas['RetriesRow'][];
    readonly total: Schemas['RetriesRow'];
    readonly additive: boolean;
    readonly next: string | null;
    readonly tieOut: Schemas['TieOut'];
  };
  RetriesRow: {
    readonly group: Readonly<Record<string, string | null>>;
    readonly workItems: number;
    readonly attempts: number;
    readonly outcomes: number | null;
    readonly costUsd: string | null;
    readonly costPerOutcomeUsd: string | null;
    readonly loadedCostUsd: string | null;
    readonly loadedCostPerOutcomeUsd: string | null;
    readonly loadedGrade: 'measured' | 'metered' | 'allocated' | 'estimated' | 'assumed' | 'incomplete';
    readonly unpricedCalls: number | null;
    readonly attemptsWithoutUsage: number | null;
    readonly unmatchedOutcomes: number | null;
    readonly pending: { readonly items: number; readonly costUsd: string | null } | null;
    readonly coverage: {
      readonly priced: string | null;
      readonly linked: string | null;
      readonly reconciled: string | null;
      readonly controls?: {
        readonly share: string | null;
        readonly totals: number;
        readonly matching: number;
        readonly matches: boolean;
      } | null;
    };
    readonly linkCoverage: string | null;
    readonly grade: 'measured' | 'metered' | 'allocated' | 'estimated' | 'assumed' | 'incomplete';
    readonly gradeReasons: readonly string[];
    readonly bound?: 'lower';
    readonly immature?: true;
    readonly interval: Schemas['CostInterval'] | null;
    readonly tries: number;
    readonly costPerTryUsd: string | null;
    readonly successPerTry: string | null;
    readonly afterOutcome: { readonly attempts: number; readonly costUsd: string | null };
    readonly estimatedBoundaries: number;
    readonly hazards: readonly Schemas['AttemptHazard'][];
    readonly likeFirst: { readonly z: string; readonly pValue: string; readonly isRejected: boolean } | null;
    readonly cap: Schemas['CapAdvice'] | null;
  };
  RunVerdict: {
    readonly attemptId: string;
    readonly traceId: string;
    readonly placement: string;
    readonly isFailed: boolean;
    readonly isJudged: boolean;
    readonly costUsd: string;
    readonly essentialCostUsd: string | null;
    readonly wasteCostUsd: string | null;
    readonly unprovenCostUsd: string | null;
    readonly withContentUsd: string | null;
    readonly billedInputTokens: string | null;
    readonly uniqueInputTokens: string | null;
    readonly cacheReadTokens: string | null;
    readonly essentialSpans: readonly string[];
    readonly rules: string | null;
  };
  Segment: {
    readonly conditions: readonly { readonly attribute: string; readonly value: string }[];
    readonly casesA: number;
    readonly casesB: number;
    readonly inside: {
      readonly items: number;
      readonly outcomes: number;
      readonly attemptsPerItem: string | null;
      readonly loadedCostUsd: string;
      readonly loadedCostPerOutcomeUsd: string | null;
      readonly interval: Schemas['CostInterval'] | null;
    };
    readonly outside: {
      readonly items: number;
      readonly outcomes: number;
      readonly attemptsPerItem: string | null;
      readonly loadedCostUsd: string;
      readonly loadedCostPerOutcomeUsd: string | null;
      readonly interval: Schemas['CostInterval'] | null;
    };
    readonly shareOfVolume: string;
    readonly attemptsShareOfGap: string | null;
    readonly adjustedPValue: string;
    readonly verdict: 'need_data' | 'fix_first' | 'keep_baseline' | 'replace_baseline' | 'hold';
    readonly missing: readonly string[];
    readonly mixedUsd: string | null;
    readonly routedUsd: string | null;
    readonly sentence: string | null;
  };
  SegmentExplanation: {
    readonly conditions: readonly { readonly attribute: string; readonly value: string }[];
    readonly side: 'inside' | 'outside';
    readonly size: number | null;
    readonly workItems: number;
    readonly outcomes: number;
    readonly loadedCostUsd: string;
    readonly items: readonly {
      readonly kind: string;
      readonly key: string;
      readonly isAchieved: boolean;
      readonly attempts: number;
      readonly callsCostUsd: string;
      readonly loadedCostUsd: string;
      readonly href: string;
    }[];
    readonly next: string | null;
  };
  SegmentSearch: {
    readonly state: 'found' | 'none_found' | 'too_few' | 'none_declared' | 'nothing_sealed';
    readonly attributes: readonly string[];
    readonly casesA: number;
    readonly casesB: number;
    readonly scored: number;
    readonly tested: number;
    readonly candidatesDigest: string;
    readonly salt: string | null;
    readonly excluded: {
      readonly withoutSpend: number;
      readonly unknownCost: number;
      readonly withoutIntake: number;
    };
    readonly statedLate: number;
    readonly toldAfterwards: number;
  };
  SegmentsReport: {
    readonly report: 'segments';
    readonly view: 'settled' | 'cohort';
    readonly formula: string;
    readonly rows: readonly Schemas['SegmentsRow'][];
    readonly total: Schemas['SegmentsRow'];
    readonly additive: boolean;
    readonly next: string | null;
    readonly tieOut: Schemas['TieOut'];
  };
  SegmentsRow: {
    readonly group: Readonly<Record<string, string | null>>;
    readonly workItems: number;
    readonly attempts: number;
    readonly outcomes: number | null;
    readonly costUsd: string | null;
    readonly costPerOutcomeUsd: string | null;
    readonly loadedCostUsd: string | null;
    readonly loadedCostPerOutcomeUsd: string | null;
    readonly loadedGrade: 'measured' | 'metered' | 'allocated' | 'estimated' | 'assumed' | 'incomplete';
    readonly unpricedCalls: number | null;
    readonly attemptsWithoutUsage: number | null;
    readonly unmatchedOutcomes: number | null;
    readonly pending: { readonly items: number; readonly costUsd: string | null } | null;
    readonly coverage: {
      readonly priced: string | null;
      readonly linked: string | null;
      readonly reconciled: string | null;
      readonly controls?: {
        readonly share: string | null;
        readonly totals: number;
        readonly matching: number;
        readonly matches: boolean;
      } | null;
    };
    readonly linkCoverage: string | null;
    readonly grade: 'measured' | 'metered' | 'allocated' | 'estimated' | 'assumed' | 'incomplete';
    readonly gradeReasons: readonly string[];
    readonly bound?: 'lower';
    readonly immature?: true;
    readonly interval: Schemas['CostInterval'] | null;
    readonly search: Schemas['SegmentSearch'] | null;
    readonly segments: readonly Schemas['Segment'][];
  };
  SelfHostedCapacityReport: {
    readonly from: string;
    readonly to: string;
    readonly until: string;
    readonly rows: readonly Schemas['SelfHostedCapacityRow'][];
    readonly totals: readonly Schemas['SelfHostedCapacityTotal'][];
    readonly grade: 'assumed';
    readonly tieOut: Schemas['TieOut'];
  };
  SelfHostedCapacityRow: {
    readonly provider: string;
    readonly model: string;
    readonly currency: string;
    readonly day: string | null;
    readonly capacityCost: string;
    readonly calls: number;
    readonly inputTokens: string;
    readonly outputTokens: string;
    readonly charged: string;
    readonly idle: string;
    readonly usedShare: string | null;
    readonly rates: readonly {
      readonly priceId: string;
      readonly version: number;
      readonly from: string;
      readonly to: string;
      readonly cost: string;
    }[];
  };
  SelfHostedCapacityTotal: {
    readonly currency: string;
    readonly capacityCost: string;
    readonly charged: string;
    readonly idle: string;
  };
  SelfHostedRate: {
    readonly priceId: string;
    readonly version: number;
    readonly isStanding: boolean;
    readonly provider: string;
    readonly model: string;
    readonly validFrom: string | null;
    readonly validTo: string | null;
    readonly currency: string;
    readonly inputs: Readonly<Record<string, string>>;
    readonly steps: readonly {
      readonly name: string;
      readonly formula: string;
      readonly numbers: string;
      readonly value: string;
    }[];
    readonly practicalCapacity: string;
    readonly prices: Readonly<Record<string, string>>;
    readonly grade: 'assumed';
  };
  SelfHostedRateAnswer: {
    readonly version: Schemas['PriceBookVersion'] | null;
    readonly rate: Schemas['SelfHostedRate'];
  };
  SelfHostedRates: { readonly items: readonly Schemas['SelfHostedRate'][] };
  SentenceReport: {
    readonly report: 'sentence';
    readonly view: 'settled' | 'cohort';
    readonly formula: string;
    readonly rows: readonly Schemas['SentenceRow'][];
    readonly total: Schemas['SentenceRow'];
    readonly additive: boolean;
    readonly next: string | null;
    readonly tieOut: Schemas['TieOut'];
  };
  SentenceRow: {
    readonly group: Readonly<Record<string, string | null>>;
    readonly workItems: number;
    readonly attempts: number;
    readonly outcomes: number | null;
    readonly costUsd: string | null;
    readonly costPerOutcomeUsd: string | null;
    readonly loadedCostUsd: string | null;
    readonly loadedCostPerOutcomeUsd: string | null;
    readonly loadedGrade: 'measured' | 'metered' | 'allocated' | 'estimated' | 'assumed' | 'incomplete';
    readonly unpricedCalls: number | null;
    readonly attemptsWithoutUsage: number | null;
    readonly unmatchedOutcomes: number | null;
    readonly pending: { readonly items: number; readonly costUsd: string | null } | null;
    readonly coverage: {
      readonly priced: string | null;
      readonly linked: string | null;
      readonly reconciled: string | null;
      readonly controls?: {
        readonly share: string | null;
        readonly totals: number;
        readonly matching: number;
        readonly matches: boolean;
      } | null;
    };
    readonly linkCoverage: string | null;
    readonly grade: 'measured' | 'metered' | 'allocated' | 'estimated' | 'assumed' | 'incomplete';
    readonly gradeReasons: readonly string[];
    readonly bound?: 'lower';
    readonly immature?: true;
    readonly interval: Schemas['CostInterval'] | null;
    readonly sentence: string | null;
    readonly segments: readonly {
      readonly conditions: readonly { readonly attribute: string; readonly value: string }[];
      readonly sentence: string | null;
      readonly verdict: 'need_data' | 'fix_first' | 'keep_baseline' | 'replace_baseline' | 'hold';
      readonly missing: readonly string[];
      readonly mixedUsd: string | null;
      readonly routedUsd: string | null;
    }[];
    readonly unknown: readonly ('cost' | 'outcome' | 'interval' | 'baseline' | 'segments')[];
  };
  SetAsidePage: {
    readonly kind: 'unmatched_spend' | 'unmatched_outcome' | 'unpriced' | 'rejected' | 'conflicting';
    readonly groups: readonly {
      readonly reason: string;
      readonly provider: string | null;
      readonly model: string | null;
      readonly entries: number;
      readonly calls: number | null;
      readonly since: string;
    }[];
    readonly items: readonly {
      readonly id: string;
      readonly reason: string;
      readonly subject: string;
      readonly detail: unknown;
      readonly since: string;
      readonly clearedAt: string | null;
      readonly suggestions: readonly Schemas['LinkSuggestion'][];
    }[];
    readonly next: string | null;
  };
  SettingVersion: {
    readonly name: string;
    readonly version: number;
    readonly validFrom: string | null;
    readonly rule: unknown;
    readonly createdAt: string | null;
    readonly createdBy: string | null;
  };
  SettingVersions: { readonly items: readonly Schemas['SettingVersion'][] };
  SpendReport: {
    readonly report: 'spend';
    readonly view: 'settled' | 'cohort';
    readonly formula: string;
    readonly rows: readonly Schemas['SpendRow'][];
    readonly total: Schemas['SpendRow'];
    readonly additive: boolean;
    readonly next: string | null;
    readonly tieOut: Schemas['TieOut'];
    readonly warnings: readonly string[];
  };
  SpendRow: {
    readonly group: Readonly<Record<string, string | null>>;
    readonly workItems: number;
    readonly attempts: number;
    readonly outcomes: number | null;
    readonly costUsd: string | null;
    readonly costPerOutcomeUsd: string | null;
    readonly loadedCostUsd: string | null;
    readonly loadedCostPerOutcomeUsd: string | null;
    readonly loadedGrade: 'measured' | 'metered' | 'allocated' | 'estimated' | 'assumed' | 'incomplete';
    readonly unpricedCalls: number | null;
    readonly attemptsWithoutUsage: number | null;
    readonly unmatchedOutcomes: number | null;
    readonly pending: { readonly items: number; readonly costUsd: string | null } | null;
    readonly coverage: {
      readonly priced: string | null;
      readonly linked: string | null;
      readonly reconciled: string | null;
      readonly controls?: {
        readonly share: string | null;
        readonly totals: number;
        readonly matching: number;
        readonly matches: boolean;
      } | null;
    };
    readonly linkCoverage: string | null;
    readonly grade: 'measured' | 'metered' | 'allocated' | 'estimated' | 'assumed' | 'incomplete';
    readonly gradeReasons: readonly string[];
    readonly bound?: 'lower';
    readonly immature?: true;
    readonly interval: Schemas['CostInterval'] | null;
    readonly peers: number | null;
    readonly spendPercentile: string | null;
    readonly shareOfSpend: string | null;
    readonly middle: { readonly costUsd: string; readonly outcomes: number } | null;
    readonly beyondMiddle: {
      readonly costUsd: string;
      readonly valueUsd: string;
      readonly valuePerDollar: string;
      readonly interval: { readonly low: string; readonly high: string } | null;
      readonly capIs: 'blocked' | 'to_be_reviewed' | 'supported';
    } | null;
    readonly suppressed: number;
  };
  Step: {
    readonly traceId: string;
    readonly spanId: string;
    readonly parentSpanId: string | null;
    readonly startedAt: string;
    readonly endedAt: string;
    readonly kind: string;
    readonly name: string;
    readonly role: string;
    readonly roleReason: string;
    readonly mirrorOf: { readonly traceId: string; readonly spanId: string } | null;
    readonly provider: string | null;
    readonly model: string | null;
    readonly tool: string | null;
    readonly agent: string | null;
    readonly tokens: Readonly<Record<string, string>> | null;
    readonly units: Readonly<Record<string, string>> | null;
    readonly usageState: string;
    readonly usageRule: { readonly input: string; readonly rule: string; readonly words: string } | null;
    readonly usageFrom: { readonly traceId: string; readonly spanId: string } | null;
    readonly increaseSince: { readonly traceId: string; readonly spanId: string } | null;
    readonly untraced: Readonly<Record<string, string>> | null;
    readonly reportedCost: {
      readonly amount: string;
      readonly currency: string;
      readonly source: string;
      readonly from: { readonly traceId: string; readonly spanId: string } | null;
      readonly own: { readonly amount: string; readonly currency: string; readonly source: string } | null;
    } | null;
    readonly error: string | null;
    readonly dialect: string;
    readonly emitter: {
      readonly service: string | null;
      readonly scope: string;
      readonly scopeVersion: string;
    };
    readonly doubts: readonly { readonly flag: string; readonly words: string }[];
  };
  TableExport: {
    readonly exportId: string;
    readonly kind: 'journal' | 'focus' | 'work_items';
    readonly format: 'csv' | 'ndjson' | 'parquet';
    readonly period: string | null;
    readonly from: string | null;
    readonly to: string | null;
    readonly workItemKind: string | null;
    readonly state: 'waiting' | 'building' | 'ready' | 'failed' | 'dropped';
    readonly units: string;
    readonly done: number;
    readonly total: number;
    readonly error: string | null;
    readonly size: number | null;
    readonly requestedBy: string;
    readonly requestedAt: string;
    readonly builtAt: string | null;
    readonly expiresAt: string | null;
    readonly bytes: number | null;
    readonly sha256: string | null;
  };
  TableExports: { readonly items: readonly Schemas['TableExport'][] };
  TailsReport: {
    readonly report: 'tails';
    readonly view: 'settled' | 'cohort';
    readonly formula: string;
    readonly rows: readonly Schemas['TailsRow'][];
    readonly total: Schemas['TailsRow'];
    readonly additive: boolean;
    readonly next: string | null;
    readonly tieOut: Schemas['TieOut'];
  };
  TailsRow: {
    readonly group: Readonly<Record<string, string | null>>;
    readonly workItems: number;
    readonly attempts: number;
    readonly outcomes: number | null;
    readonly costUsd: string | null;
    readonly costPerOutcomeUsd: string | null;
    readonly loadedCostUsd: string | null;
    readonly loadedCostPerOutcomeUsd: string | null;
    readonly loadedGrade: 'measured' | 'metered' | 'allocated' | 'estimated' | 'assumed' | 'incomplete';
    readonly unpricedCalls: number | null;
    readonly attemptsWithoutUsage: number | null;
    readonly unmatchedOutcomes: number | null;
    readonly pending: { readonly items: number; readonly costUsd: string | null } | null;
    readonly coverage: {
      readonly priced: string | null;
      readonly linked: string | null;
      readonly reconciled: string | null;
      readonly controls?: {
        readonly share: string | null;
        readonly totals: number;
        readonly matching: number;
        readonly matches: boolean;
      } | null;
    };
    readonly linkCoverage: string | null;
    readonly grade: 'measured' | 'metered' | 'allocated' | 'estimated' | 'assumed' | 'incomplete';
    readonly gradeReasons: readonly string[];
    readonly bound?: 'lower';
    readonly immature?: true;
    readonly interval: Schemas['CostInterval'] | null;
    readonly itemsWithSpend: number;
    readonly meanCostUsd: string | null;
    readonly quantiles: readonly {
      readonly probability: '0.5' | '0.9' | '0.95' | '0.99';
      readonly costUsd: string;
      readonly rank: number;
      readonly item: { readonly kind: string; readonly key: string };
      readonly interval: {
        readonly lowUsd: string;
        readonly highUsd: string;
        readonly lowItem: { readonly kind: string; readonly key: string };
        readonly highItem: { readonly kind: string; readonly key: string };
      } | null;
      readonly fewestItems: number;
    }[];
    readonly maximumUsd: string | null;
    readonly maximumItem: { readonly kind: string; readonly key: string } | null;
    readonly dearest: {
      readonly items: number;
      readonly costUsd: string;
      readonly share: string | null;
    } | null;
    readonly gini: string | null;
  };
  TieOut: {
    readonly period: { readonly from: string | null; readonly to: string | null };
    readonly meteredUsd: string;
    readonly inScopeUsd: string;
    readonly exclusions: readonly { readonly reason: string; readonly amountUsd: string }[];
    readonly fromOtherPeriodsUsd: string;
    readonly reportUsd: string;
    readonly otherCurrencies: readonly { readonly currency: string; readonly metered: string }[];
    readonly invoices: readonly string[];
    readonly foreignInvoices: readonly {
      readonly number: string;
      readonly currency: string;
      readonly amount: string;
      readonly isConverted: boolean;
    }[];
    readonly billedUsd: string | null;
    readonly reconciledUsd: string;
    readonly variance: Readonly<Record<string, string>> | null;
    readonly reconciliation: 'not reconciled' | 'partly reconciled' | 'reconciled';
    readonly line: string;
    readonly changeSinceClose: Schemas['ChangeSinceClose'] | null;
    readonly size: number | null;
    readonly root: string | null;
    readonly sealed:
      | 'no checkpoint is signed yet'
      | 'newer leaves wait for the next checkpoint: the figures may include what they record'
      | 'everything recorded is in the log of this size';
    readonly versions: {
      readonly engine: string;
      readonly rules: Readonly<Record<string, number>>;
      readonly priceBooks: Readonly<Record<string, number>>;
    };
    readonly query: Readonly<Record<string, string | null>>;
    readonly digest: string;
  };
  ToolKeyRule: {
    readonly tool: string;
    readonly argument: string;
    readonly kind: string;
    readonly access: 'read' | 'write';
  };
  Trail: {
    readonly kind: string;
    readonly key: string;
    readonly phase: string;
    readonly stepCount: number;
    readonly attempts: readonly Schemas['Attempt'][];
    readonly steps: readonly Schemas['TrailStep'][];
    readonly outcomes: readonly Schemas['Outcome'][];
    readonly next: string | null;
  };
  TrailDiff: {
    readonly format: 'diff@1';
    readonly label: string;
    readonly size: number;
    readonly a: {
      readonly trail: string;
      readonly phase: string;
      readonly verdict: number | null;
      readonly acts: number;
      readonly retries: number;
      readonly cost: Readonly<Record<string, string>>;
      readonly callsWithoutUsage: number;
    };
    readonly b: {
      readonly trail: string;
      readonly phase: string;
      readonly verdict: number | null;
      readonly acts: number;
      readonly retries: number;
      readonly cost: Readonly<Record<string, string>>;
      readonly callsWithoutUsage: number;
    };
    readonly firstDivergence: Schemas['DiffRow'] | null;
    readonly firstDifference: Schemas['DiffRow'] | null;
    readonly rows: readonly Schemas['DiffRow'][];
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
      readonly unknown: number;
    };
    readonly tools: readonly {
      readonly tool: string;
      readonly a: { readonly called: number; readonly failed: number };
      readonly b: { readonly called: number; readonly failed: number };
    }[];
    readonly tokens: readonly {
      readonly class: string;
      readonly a: string;
      readonly b: string;
      readonly difference: string;
    }[];
  };
  TrailDiffAnswer: {
    readonly names: { readonly a: string; readonly b: string };
    readonly digest: string;
    readonly diff: Schemas['TrailDiff'];
    readonly similar: {
      readonly signature: string;
      readonly with: { readonly trails: number; readonly failed: number };
      readonly without: { readonly trails: number; readonly failed: number };
    } | null;
  };
  TrailState: {
    readonly n: number;
    readonly at: string;
    readonly phase: string;
    readonly attempts: readonly number[];
    readonly cost: Readonly<Record<string, string>>;
    readonly modelCalls: number;
    readonly tools: readonly { readonly tool: string; readonly called: number; readonly failed: number }[];
    readonly documents: number | null;
    readonly retries: number;
    readonly handOffs: number;
    readonly decisions: readonly {
      readonly kind: string;
      readonly id: string;
      readonly version: string | null;
      readonly result: string | null;
      readonly from: string | null;
      readonly reason: string | null;
      readonly by: number;
    }[];
    readonly unknownYet: number;
  };
  TrailStep: {
    readonly traceId: string;
    readonly spanId: string;
    readonly parentSpanId: string | null;
    readonly startedAt: string;
    readonly endedAt: string;
    readonly kind: string;
    readonly name: string;
    readonly role: string;
    readonly roleReason: string;
    readonly mirrorOf: { readonly traceId: string; readonly spanId: string } | null;
    readonly provider: string | null;
    readonly model: string | null;
    readonly tool: string | null;
    readonly agent: string | null;
    readonly tokens: Readonly<Record<string, string>> | null;
    readonly units: Readonly<Record<string, string>> | null;
    readonly usageState: string;
    readonly usageRule: { readonly input: string; readonly rule: string; readonly words: string } | null;
    readonly usageFrom: { readonly traceId: string; readonly spanId: string } | null;
    readonly increaseSince: { readonly traceId: string; readonly spanId: string } | null;
    readonly untraced: Readonly<Record<string, string>> | null;
    readonly reportedCost: {
      readonly amount: string;
      readonly currency: string;
      readonly source: string;
      readonly from: { readonly traceId: string; readonly spanId: string } | null;
      readonly own: { readonly amount: string; readonly currency: string; readonly source: string } | null;
    } | null;
    readonly error: string | null;
    readonly dialect: string;
    readonly emitter: {
      readonly service: string | null;
      readonly scope: string;
      readonly scopeVersion: string;
    };
    readonly doubts: readonly { readonly flag: string; readonly words: string }[];
    readonly n: number;
    readonly attempt: number | null;
    readonly attemptId: string | null;
    readonly costUsd: string | null;
    readonly isShared: boolean;
    readonly overheadPool: string | null;
  };
  TrailStepAnswer: {
    readonly size: number;
    readonly entry: Schemas['ReplayEntry'];
    readonly reading: Schemas['EntryReading'] | null;
    readonly proof: Schemas['ProvenLeaf'] | null;
  };
  TrialBalance: {
    readonly size: number | null;
    readonly period: {
      readonly from: string | null;
      readonly to: string | null;
      readonly posting: string | null;
    };
    readonly accounts: readonly {
      readonly account: string;
      readonly meaning: string;
      readonly currency: string;
      readonly debit: string;
      readonly credit: string;
      readonly balance: string;
      readonly entries: number;
    }[];
    readonly totals: readonly {
      readonly currency: string;
      readonly debit: string;
      readonly credit: string;
      readonly isBalanced: boolean;
    }[];
  };
  UsageReport: {
    readonly source: string;
    readonly id: string;
    readonly trace: string;
    readonly span: string;
    readonly says: 'estimate' | 'actual' | 'not_billed';
    readonly amount?: string;
    readonly currency?: string;
    readonly sequence?: number;
  };
  UsageReports: { readonly reports: readonly Schemas['UsageReport'][] };
  UsageReportsAnswer: { readonly stored: number; readonly duplicate: number };
  VerifiedOutcomes: {
    readonly verified: string;
    readonly low: string;
    readonly high: string;
    readonly variance: string;
    readonly share: string;
    readonly costPerVerifiedUsd: string | null;
    readonly costPerVerifiedUsdLow: string | null;
    readonly costPerVerifiedUsdHigh: string | null;
    readonly grade: 'estimated' | 'incomplete';
  };
  WasteFlag: {
    readonly traceId: string;
    readonly spanId: string;
    readonly attemptId: string;
    readonly rule: string;
    readonly name: string;
    readonly state: 'proven' | 'suspected';
    readonly reason: string;
    readonly because: readonly string[];
    readonly costOf: readonly string[];
    readonly foundUsd: string | null;
    readonly costUsd: string;
  };
  WasteOpportunities: {
    readonly overlongOutput: { readonly outputs: number; readonly surplusUsd: string } | null;
    readonly overcapable: readonly {
      readonly workflow: string | null;
      readonly model: string;
      readonly cheaper: string;
      readonly attempts: number;
      readonly successShare: string;
      readonly cheaperAttempts: number;
      readonly cheaperSuccessShare: string;
      readonly differenceLow: string;
      readonly isShown: boolean;
      readonly gapPerAttemptUsd: string;
    }[];
  };
  WastePolicyRule: {
    readonly pollingTools?: readonly string[];
    readonly readingTools?: readonly string[];
    readonly requiredTools?: readonly string[];
    readonly afterOutcomeTools?: readonly string[];
    readonly writes?: readonly {
      readonly tool: string;
      readonly key: readonly string[];
      readonly readBy?: readonly string[];
      readonly revertedBy?: readonly string[];
    }[];
    readonly samplingAgents?: readonly string[];
    readonly heartbeatAgents?: readonly string[];
    readonly cacheTtlSeconds?: number;
    readonly cacheMinimumTokens?: number;
  };
  WasteReport: {
    readonly report: 'waste';
    readonly view: 'settled' | 'cohort';
    readonly formula: string;
    readonly rows: readonly Schemas['WasteRow'][];
    readonly total: Schemas['WasteRow'];
    readonly additive: boolean;
    readonly next: string | null;
    readonly tieOut: Schemas['TieOut'];
  };
  WasteRow: {
    readonly group: Readonly<Record<string, string | null>>;
    readonly workItems: number;
    readonly attempts: number;
    readonly outcomes: number | null;
    readonly costUsd: string | null;
    readonly costPerOutcomeUsd: string | null;
    readonly loadedCostUsd: string | null;
    readonly loadedCostPerOutcomeUsd: string | null;
    readonly loadedGrade: 'measured' | 'metered' | 'allocated' | 'estimated' | 'assumed' | 'incomplete';
    readonly unpricedCalls: number | null;
    readonly attemptsWithoutUsage: number | null;
    readonly unmatchedOutcomes: number | null;
    readonly pending: { readonly items: number; readonly costUsd: string | null } | null;
    readonly coverage: {
      readonly priced: string | null;
      readonly linked: string | null;
      readonly reconciled: string | null;
      readonly controls?: {
        readonly share: string | null;
        readonly totals: number;
        readonly matching: number;
        readonly matches: boolean;
      } | null;
    };
    readonly linkCoverage: string | null;
    readonly grade: 'measured' | 'metered' | 'allocated' | 'estimated' | 'assumed' | 'incomplete';
    readonly gradeReasons: readonly string[];
    readonly bound?: 'lower';
    readonly immature?: true;
    readonly essentialCostUsd: string | null;
    readonly wasteCostUsd: string | null;
    readonly failedRunCostUsd: string | null;
    readonly unprovenCostUsd: string | null;
    readonly shares: {
      readonly n: number;
      readonly proven: string;
      readonly uncovered: string;
      readonly essential: { readonly low: string; readonly high: string };
      readonly topItemShare: string | null;
      readonly withoutTopItem: string | null;
    } | null;
    readonly rules: readonly Schemas['WasteRule'][];
    readonly wasteCoverage: { readonly judged: string | null; readonly content: string | null };
    readonly contextInflation: {
      readonly billedInputTokens: string;
      readonly uniqueInputTokens: string;
      readonly resendRatio: string | null;
      readonly cacheReadShare: string | null;
    };
    readonly deadTools: readonly {
      readonly workflow: string;
      readonly tool: string;
      readonly successfulRuns: number;
      readonly costUsd: string;
    }[];
    readonly idle: { readonly calls: number; readonly unknownCost: number; readonly costUsd: string } | null;
    readonly opportunities: Schemas['WasteOpportunities'] | null;
  };
  WasteRule: {
    readonly rule: string;
    readonly name: string;
    readonly evidence: 'structure' | 'content' | 'both';
    readonly effect: 'cost' | 'overlay' | 'opportunity';
    readonly grade: 'metered' | 'allocated' | 'estimated';
    readonly findings: number;
    readonly proven: number;
    readonly unknownCost: number;
    readonly costUsd: string | null;
    readonly inFailedRunsUsd: string | null;
    readonly suspectedUsd: string | null;
    readonly reasons: readonly { readonly reason: string; readonly findings: number }[];
  };
  WorkItem: {
    readonly kind: string;
    readonly key: string;
    readonly workItemId: string;
    readonly phase: 'open' | 'achieved' | 'failed' | 'cancelled' | 'expired' | 'merged' | 'split';
    readonly outcomeType: string;
    readonly definition: string;
    readonly generation: number;
    readonly phaseAt: string | null;
    readonly finalAt: string | null;
    readonly value: { readonly amount: string; readonly currency?: string; readonly unit?: string } | null;
    readonly tier: string | null;
    readonly quality: string | null;
    readonly mergedInto: string | null;
    readonly splitFrom: { readonly key: string; readonly weight: number } | null;
    readonly maturing: boolean;
    readonly firstTimeRight: boolean | null;
    readonly deadline: { readonly verb: 'assumed' | 'expired'; readonly at: string } | null;
    readonly events: number;
    readonly firstAttemptAt: string | null;
    readonly lastAttemptAt: string | null;
    readonly cost: Schemas['WorkItemCost'];
  };
  WorkItemCost: {
    readonly attempts: number;
    readonly outcomes: number | null;
    readonly costUsd: string | null;
    readonly costPerOutcomeUsd: string | null;
    readonly directCostUsd: string | null;
    readonly directCostPerOutcomeUsd: string | null;
    readonly failedAttemptCostUsd: string | null;
    readonly noOutcomeCostUsd: string | null;
    readonly loadedCostUsd: string | null;
    readonly loadedCostPerOutcomeUsd: string | null;
    readonly loadedGrade: 'measured' | 'metered' | 'allocated' | 'estimated' | 'assumed' | 'incomplete';
    readonly costLinesUsd: string;
    readonly usedOverheadUsd: string;
    readonly humanMinutes: string | null;
    readonly unpricedLines: number | null;
    readonly inCurrency?: Schemas['InCurrency'];
    readonly unpricedCalls: number | null;
    readonly attemptsWithoutUsage: number | null;
    readonly unmatchedOutcomes: number | null;
    readonly coverage: {
      readonly priced: string | null;
      readonly linked: string | null;
      readonly reconciled: string | null;
      readonly controls?: {
        readonly share: string | null;
        readonly totals: number;
        readonly matching: number;
        readonly matches: boolean;
      } | null;
    };
    readonly linkCoverage: string | null;
    readonly band: Schemas['CostBand'] | null;
    readonly grade: 'measured' | 'metered' | 'allocated' | 'estimated' | 'assumed' | 'incomplete';
    readonly gradeReasons: readonly string[];
    readonly bound?: 'lower';
    readonly inProgressCostUsd?: string | null;
    readonly overheadCostUsd?: string | null;
    readonly unattributedCostUsd?: string | null;
  };
  WorkItemDetail: {
    readonly kind: string;
    readonly key: string;
    readonly workItemId: string;
    readonly phase: 'open' | 'achieved' | 'failed' | 'cancelled' | 'expired' | 'merged' | 'split';
    readonly outcomeType: string;
    readonly definition: string;
    readonly generation: number;
    readonly phaseAt: string | null;
    readonly finalAt: string | null;
    readonly value: { readonly amount: string; readonly currency?: string; readonly unit?: string } | null;
    readonly tier: string | null;
    readonly quality: string | null;
    readonly mergedInto: string | null;
    readonly splitFrom: { readonly key: string; readonly weight: number } | null;
    readonly maturing: boolean;
    readonly firstTimeRight: boolean | null;
    readonly deadline: { readonly verb: 'assumed' | 'expired'; readonly at: string } | null;
    readonly events: number;
    readonly firstAttemptAt: string | null;
    readonly lastAttemptAt: string | null;
    readonly cost: Schemas['WorkItemCost'];
    readonly attempts: readonly Schemas['Attempt'][];
    readonly outcomes: readonly Schemas['Outcome'][];
  };
  WorkItemPage: { readonly items: readonly Schemas['WorkItem'][]; readonly next: string | null };
  WorkItemWaste: {
    readonly kind: string;
    readonly key: string;
    readonly runs: readonly Schemas['RunVerdict'][];
    readonly flags: readonly Schemas['WasteFlag'][];
  };
}

export interface Gets {
  '/health/live': { path: {}; query: {}; answer: null };
  '/health/ready': { path: {}; query: {}; answer: null };
  '/metrics': { path: {}; query: {}; answer: null };
  '/tlog/{tenant}/access/checkpoint': { path: { readonly tenant: string }; query: {}; answer: null };
  '/tlog/{tenant}/access/policy': { path: { readonly tenant: string }; query: {}; answer: null };
  '/tlog/{tenant}/access/tile/{path}': {
    path: { readonly tenant: string; readonly '*': string };
    query: {};
    answer: null;
  };
  '/tlog/{tenant}/checkpoint': { path: { readonly tenant: string }; query: {}; answer: null };
  '/tlog/{tenant}/deliveries': {
    path: { readonly tenant: string };
    query: {};
    answer: Schemas['CheckpointDeliveries'];
  };
  '/tlog/{tenant}/policy': { path: { readonly tenant: string }; query: {}; answer: null };
  '/tlog/{tenant}/tile/{path}': {
    path: { readonly tenant: string; readonly '*': string };
    query: {};
    answer: null;
  };
  '/v1/access-log': {
    path: {};
    query: {
      readonly subject?: string;
      readonly principal?: string;
      readonly cursor?: string;
      readonly limit?: string;
    };
    answer: Schemas['AccessLogPage'];
  };
  '/v1/baselines': { path: {}; query: {}; answer: Schemas['SettingVersions'] };
  '/v1/causes': {
    path: {};
    query: { readonly state?: 'open' | 'done'; readonly cursor?: string; readonly limit?: string };
    answer: Schemas['Causes'];
  };
  '/v1/causes/{cause}': { path: { readonly cause: string }; query: {}; answer: Schemas['CauseDetail'] };
  '/v1/cost-lines': {
    path: {};
    query: {
      readonly workItemKind?: string;
      readonly workItemKey?: string;
      readonly source?: string;
      readonly id?: string;
      readonly kind?: 'human' | 'tool_fee' | 'bpo_handoff' | 'platform_fee' | 'infrastructure';
      readonly from?: string;
      readonly to?: string;
      readonly cursor?: string;
      readonly limit?: string;
    };
    answer: Schemas['CostLinePage'];
  };
  '/v1/data-quality': {
    path: {};
    query: {
      readonly from?: string;
      readonly to?: string;
      readonly examples?: string;
      readonly service?: string;
      readonly scope?: string;
      readonly scope_version?: string;
      readonly dialect?: string;
      readonly cursor?: string;
      readonly limit?: string;
    };
    answer: Schemas['DataQuality'];
  };
  '/v1/data-quality/{emitter}': {
    path: { readonly emitter: string };
    query: { readonly from?: string; readonly to?: string; readonly examples?: string };
    answer: Schemas['EmitterQuality'];
  };
  '/v1/definitions': { path: {}; query: {}; answer: Schemas['SettingVersions'] };
  '/v1/erasures': {
    path: {};
    query: { readonly cursor?: string; readonly limit?: string };
    answer: Schemas['ErasurePage'];
  };
  '/v1/erasures/{erasureId}': { path: { readonly erasureId: string }; query: {}; answer: Schemas['Erasure'] };
  '/v1/explain': {
    path: {};
    query: {
      readonly view?: 'settled' | 'cohort' | 'period';
      readonly from?: string;
      readonly to?: string;
      readonly group_by?: string;
      readonly outcome_type?: string;
      readonly basis?: 'restated' | 'reported';
      readonly as_of?: string;
      readonly size?: string;
      readonly currency?: string;
      readonly cursor?: string;
      readonly limit?: string;
      readonly cell?: string;
      readonly against_size?: string;
      readonly against_as_of?: string;
    };
    answer: Schemas['Explanation'] | Schemas['PeriodExplanation'];
  };
  '/v1/explain/segment': {
    path: {};
    query: {
      readonly from?: string;
      readonly to?: string;
      readonly group_by?: string;
      readonly outcome_type?: string;
      readonly basis?: 'restated' | 'reported';
      readonly as_of?: string;
      readonly size?: string;
      readonly cursor?: string;
      readonly limit?: string;
      readonly view?: 'settled' | 'cohort';
      readonly cell?: string;
      readonly segment: string;
      readonly side?: 'inside' | 'outside';
    };
    answer: Schemas['SegmentExplanation'];
  };
  '/v1/exports': { path: {}; query: {}; answer: Schemas['Exports'] };
  '/v1/exports/tables': { path: {}; query: {}; answer: Schemas['TableExports'] };
  '/v1/exports/tables/{exportId}': {
    path: { readonly exportId: string };
    query: {};
    answer: Schemas['TableExport'];
  };
  '/v1/exports/tables/{exportId}/file': { path: { readonly exportId: string }; query: {}; answer: null };
  '/v1/exports/{exportId}': { path: { readonly exportId: string }; query: {}; answer: Schemas['Export'] };
  '/v1/exports/{exportId}/bundle': { path: { readonly exportId: string }; query: {}; answer: null };
  '/v1/focus': {
    path: {};
    query: {
      readonly from?: string;
      readonly to?: string;
      readonly format?: 'csv' | 'ndjson' | 'parquet';
      readonly size?: string;
      readonly as_of?: string;
    };
    answer: null;
  };
  '/v1/fx-rates': {
    path: {};
    query: {
      readonly base?: string;
      readonly quote?: string;
      readonly cursor?: string;
      readonly limit?: string;
    };
    answer: Schemas['FxRatePage'];
  };
  '/v1/grants': { path: {}; query: {}; answer: Schemas['Grants'] };
  '/v1/imports/{importId}': { path: { readonly importId: string }; query: {}; answer: Schemas['Import'] };
  '/v1/invoices': {
    path: {};
    query: {
      readonly provider?: string;
      readonly period?: string;
      readonly cursor?: string;
      readonly limit?: string;
    };
    answer: Schemas['InvoicePage'];
  };
  '/v1/key-mappings': { path: {}; query: {}; answer: Schemas['SettingVersions'] };
  '/v1/keys': { path: {}; query: {}; answer: Schemas['Keys'] };
  '/v1/ledger/accounts': {
    path: {};
    query: { readonly size?: string; readonly as_of?: string };
    answer: Schemas['LedgerAccounts'];
  };
  '/v1/ledger/adjustments': {
    path: {};
    query: { readonly cursor?: string; readonly limit?: string };
    answer: Schemas['AdjustmentPage'];
  };
  '/v1/ledger/halts': { path: {}; query: {}; answer: Schemas['PostingHalts'] };
  '/v1/ledger/journal': {
    path: {};
    query: {
      readonly format?: 'ndjson' | 'csv' | 'parquet' | 'beancount' | 'ledger';
      readonly period?: string;
      readonly size?: string;
    };
    answer: null;
  };
  '/v1/ledger/transactions': {
    path: {};
    query: {
      readonly size?: string;
      readonly as_of?: string;
      readonly account?: string;
      readonly period?: string;
      readonly kind?: string;
      readonly key?: string;
      readonly trace?: string;
      readonly code?: string;
      readonly cause?: string;
      readonly cursor?: string;
      readonly limit?: string;
    };
    answer: Schemas['LedgerTransactions'];
  };
  '/v1/ledger/trial-balance': {
    path: {};
    query: {
      readonly size?: string;
      readonly as_of?: string;
      readonly from?: string;
      readonly to?: string;
      readonly period?: string;
    };
    answer: Schemas['TrialBalance'];
  };
  '/v1/link-audits': {
    path: {};
    query: { readonly cursor?: string; readonly limit?: string };
    answer: Schemas['LinkAudits'];
  };
  '/v1/links': {
    path: {};
    query: {
      readonly trace_id?: string;
      readonly kind?: string;
      readonly key?: string;
      readonly history?: 'true' | 'false';
    };
    answer: Schemas['Links'];
  };
  '/v1/me': { path: {}; query: {}; answer: Schemas['Me'] };
  '/v1/model-aliases': { path: {}; query: {}; answer: Schemas['ModelAliases'] };
  '/v1/outcome-audits': {
    path: {};
    query: { readonly cursor?: string; readonly limit?: string };
    answer: Schemas['OutcomeAuditPage'];
  };
  '/v1/outcome-audits/{auditId}': {
    path: { readonly auditId: string };
    query: {};
    answer: Schemas['OutcomeAuditDetail'];
  };
  '/v1/outcomes': {
    path: {};
    query: {
      readonly kind?: string;
      readonly key?: string;
      readonly source?: string;
      readonly id?: string;
      readonly verb?: string;
      readonly effect?: string;
      readonly from?: string;
      readonly to?: string;
      readonly cursor?: string;
      readonly limit?: string;
    };
    answer: Schemas['OutcomePage'];
  };
  '/v1/outcomes/controls': {
    path: {};
    query: {
      readonly source?: string;
      readonly type?: string;
      readonly from?: string;
      readonly to?: string;
      readonly cursor?: string;
      readonly limit?: string;
    };
    answer: Schemas['OutcomeControlPage'];
  };
  '/v1/outcomes/{outcomeId}': { path: { readonly outcomeId: string }; query: {}; answer: Schemas['Outcome'] };
  '/v1/periods': { path: {}; query: {}; answer: Schemas['Periods'] };
  '/v1/periods/{period}/bridge': {
    path: { readonly period: string };
    query: {};
    answer: Schemas['PeriodBridge'];
  };
  '/v1/periods/{period}/changes': {
    path: { readonly period: string };
    query: {};
    answer: Schemas['PeriodChanges'];
  };
  '/v1/policies': { path: {}; query: {}; answer: Schemas['SettingVersions'] };
  '/v1/precedents': {
    path: {};
    query: { readonly trail: string; readonly as_of?: string; readonly limit?: string };
    answer: Schemas['Precedents'];
  };
  '/v1/previews': {
    path: {};
    query: { readonly cursor?: string; readonly limit?: string };
    answer: Schemas['Previews'];
  };
  '/v1/previews/{previewId}': {
    path: { readonly previewId: string };
    query: {};
    answer: Schemas['PreviewDetail'];
  };
  '/v1/price-books': { path: {}; query: {}; answer: Schemas['PriceBooks'] };
  '/v1/price-books/{book}/diff': {
    path: { readonly book: string };
    query: {
      readonly from?: string;
      readonly to?: string;
      readonly owner?: 'tenant' | 'shipped';
      readonly format?: 'json' | 'csv';
      readonly cursor?: string;
      readonly limit?: string;
    };
    answer: Schemas['PriceBookDifference'];
  };
  '/v1/price-books/{book}/versions/{version}': {
    path: { readonly book: string; readonly version: string };
    query: { readonly owner?: 'tenant' | 'shipped'; readonly cursor?: string; readonly limit?: string };
    answer: Schemas['PriceBookRows'];
  };
  '/v1/principals': { path: {}; query: {}; answer: Schemas['Principals'] };
  '/v1/proofs/consistency': {
    path: {};
    query: { readonly from: string; readonly to?: string };
    answer: Schemas['ConsistencyProof'];
  };
  '/v1/proofs/{leaf}': {
    path: { readonly leaf: string };
    query: { readonly size?: string; readonly format?: 'json' | 'tlog-proof' };
    answer: Schemas['ProvenLeaf'];
  };
  '/v1/receipts/{batch}': {
    path: { readonly batch: string };
    query: { readonly format?: 'json' | 'tlog-proof' };
    answer: Schemas['Receipt'];
  };
  '/v1/reconciliation': {
    path: {};
    query: { readonly provider?: string; readonly period?: string };
    answer: Schemas['Reconciliations'];
  };
  '/v1/reports/baseline': {
    path: {};
    query: {
      readonly view?: 'settled' | 'cohort' | 'period';
      readonly from?: string;
      readonly to?: string;
      readonly group_by?: string;
      readonly outcome_type?: string;
      readonly format?: 'json' | 'csv' | 'ndjson' | 'parquet';
      readonly basis?: 'restated' | 'reported';
      readonly as_of?: string;
      readonly size?: string;
      readonly currency?: string;
      readonly cursor?: string;
      readonly limit?: string;
      readonly hand_off_usd?: string;
      readonly loss_usd?: string;
      readonly escaped_error?: string;
      readonly baseline_escaped_error?: string;
      readonly fixed_usd?: string;
      readonly monthly_items?: number;
      readonly running_usd?: string;
    };
    answer: Schemas['BaselineReport'];
  };
  '/v1/reports/maturity': {
    path: {};
    query: {
      readonly from: string;
      readonly to?: string;
      readonly group_by?: string;
      readonly outcome_type?: string;
      readonly format?: 'json' | 'csv' | 'ndjson' | 'parquet';
      readonly basis?: 'restated' | 'reported';
      readonly as_of?: string;
      readonly size?: string;
      readonly cursor?: string;
      readonly limit?: string;
      readonly mature_from?: string;
      readonly clock?: 'recorded' | 'business';
    };
    answer: Schemas['MaturityReport'];
  };
  '/v1/reports/metered-against-metrics': {
    path: {};
    query: {
      readonly from: string;
      readonly to: string;
      readonly format?: 'json' | 'csv' | 'ndjson' | 'parquet';
      readonly cursor?: string;
      readonly limit?: string;
    };
    answer: Schemas['MeteredAgainstMetrics'];
  };
  '/v1/reports/movers': {
    path: {};
    query: {
      readonly view?: 'settled' | 'cohort' | 'period';
      readonly from: string;
      readonly to: string;
      readonly group_by?: string;
      readonly outcome_type?: string;
      readonly format?: 'json' | 'csv' | 'ndjson' | 'parquet';
      readonly basis?: 'restated' | 'reported';
      readonly as_of?: string;
      readonly size?: string;
      readonly cursor?: string;
      readonly limit?: string;
      readonly before_from: string;
      readonly before_to?: string;
      readonly tokens?: 'true' | 'false';
    };
    answer: Schemas['MoversReport'];
  };
  '/v1/reports/operating-model': {
    path: {};
    query: {
      readonly from?: string;
      readonly to?: string;
      readonly group_by?: string;
      readonly outcome_type?: string;
      readonly format?: 'json' | 'csv' | 'ndjson' | 'parquet';
      readonly basis?: 'restated' | 'reported';
      readonly as_of?: string;
      readonly size?: string;
      readonly cursor?: string;
      readonly limit?: string;
      readonly change_at: string;
      readonly comparison?: string;
    };
    answer: Schemas['OperatingModelReport'];
  };
  '/v1/reports/over-time': {
    path: {};
    query: {
      readonly view?: 'settled' | 'cohort' | 'period';
      readonly from?: string;
      readonly to?: string;
      readonly group_by?: string;
      readonly outcome_type?: string;
      readonly format?: 'json' | 'csv' | 'ndjson' | 'parquet';
      readonly basis?: 'restated' | 'reported';
      readonly as_of?: string;
      readonly size?: string;
      readonly currency?: string;
      readonly cursor?: string;
      readonly limit?: string;
      readonly bucket?: 'day' | 'week' | 'month';
    };
    answer: Schemas['OverTimeReport'];
  };
  '/v1/reports/reported-cost': {
    path: {};
    query: {
      readonly from?: string;
      readonly to?: string;
      readonly group_by?: string;
      readonly examples?: string;
      readonly format?: 'json' | 'csv' | 'ndjson' | 'parquet';
      readonly cursor?: string;
      readonly limit?: string;
    };
    answer: Schemas['ReportedCostReport'];
  };
  '/v1/reports/retries': {
    path: {};
    query: {
      readonly view?: 'settled' | 'cohort' | 'period';
      readonly from?: string;
      readonly to?: string;
      readonly group_by?: string;
      readonly outcome_type?: string;
      readonly format?: 'json' | 'csv' | 'ndjson' | 'parquet';
      readonly basis?: 'restated' | 'reported';
      readonly as_of?: string;
      readonly size?: string;
      readonly currency?: string;
      readonly cursor?: string;
      readonly limit?: string;
      readonly hand_off_usd?: string;
    };
    answer: Schemas['RetriesReport'];
  };
  '/v1/reports/segments': {
    path: {};
    query: {
      readonly view?: 'settled' | 'cohort' | 'period';
      readonly from?: string;
      readonly to?: string;
      readonly group_by?: string;
      readonly outcome_type?: string;
      readonly format?: 'json' | 'csv' | 'ndjson' | 'parquet';
      readonly basis?: 'restated' | 'reported';
      readonly as_of?: string;
      readonly size?: string;
      readonly currency?: string;
      readonly cursor?: string;
      readonly limit?: string;
    };
    answer: Schemas['SegmentsReport'];
  };
  '/v1/reports/self-hosted-capacity': {
    path: {};
    query: {
      readonly from: string;
      readonly to: string;
      readonly group_by?: '' | 'day';
      readonly format?: 'json' | 'csv' | 'ndjson' | 'parquet';
    };
    answer: Schemas['SelfHostedCapacityReport'];
  };
  '/v1/reports/sentence': {
    path: {};
    query: {
      readonly view?: 'settled' | 'cohort' | 'period';
      readonly from?: string;
      readonly to?: string;
      readonly group_by?: string;
      readonly outcome_type?: string;
      readonly format?: 'json' | 'csv' | 'ndjson' | 'parquet';
      readonly basis?: 'restated' | 'reported';
      readonly as_of?: string;
      readonly size?: string;
      readonly currency?: string;
      readonly cursor?: string;
      readonly limit?: string;
    };
    answer: Schemas['SentenceReport'];
  };
  '/v1/reports/spend': {
    path: {};
    query: {
      readonly view?: 'settled' | 'cohort' | 'period';
      readonly from?: string;
      readonly to?: string;
      readonly group_by?: string;
      readonly outcome_type?: string;
      readonly format?: 'json' | 'csv' | 'ndjson' | 'parquet';
      readonly basis?: 'restated' | 'reported';
      readonly as_of?: string;
      readonly size?: string;
      readonly cursor?: string;
      readonly limit?: string;
      readonly by: string;
    };
    answer: Schemas['SpendReport'];
  };
  '/v1/reports/tails': {
    path: {};
    query: {
      readonly view?: 'settled' | 'cohort' | 'period';
      readonly from?: string;
      readonly to?: string;
      readonly group_by?: string;
      readonly outcome_type?: string;
      readonly format?: 'json' | 'csv' | 'ndjson' | 'parquet';
      readonly basis?: 'restated' | 'reported';
      readonly as_of?: string;
      readonly size?: string;
      readonly currency?: string;
      readonly cursor?: string;
      readonly limit?: string;
    };
    answer: Schemas['TailsReport'];
  };
  '/v1/reports/waste': {
    path: {};
    query: {
      readonly view?: 'settled' | 'cohort' | 'period';
      readonly from?: string;
      readonly to?: string;
      readonly group_by?: string;
      readonly outcome_type?: string;
      readonly format?: 'json' | 'csv' | 'ndjson' | 'parquet';
      readonly basis?: 'restated' | 'reported';
      readonly as_of?: string;
      readonly size?: string;
      readonly currency?: string;
      readonly cursor?: string;
      readonly limit?: string;
      readonly opportunities?: 'true' | 'false';
    };
    answer: Schemas['WasteReport'];
  };
  '/v1/reports/{name}': {
    path: { readonly name: 'cost-per-outcome' };
    query: {
      readonly view?: 'settled' | 'cohort' | 'period';
      readonly from?: string;
      readonly to?: string;
      readonly group_by?: string;
      readonly outcome_type?: string;
      readonly format?: 'json' | 'csv' | 'ndjson' | 'parquet';
      readonly basis?: 'restated' | 'reported';
      readonly as_of?: string;
      readonly size?: string;
      readonly currency?: string;
      readonly cursor?: string;
      readonly limit?: string;
    };
    answer: Schemas['CostPerOutcomeReport'];
  };
  '/v1/self-hosted-rates': { path: {}; query: {}; answer: Schemas['SelfHostedRates'] };
  '/v1/set-aside': {
    path: {};
    query: {
      readonly kind: 'unmatched_spend' | 'unmatched_outcome' | 'unpriced' | 'rejected' | 'conflicting';
      readonly cleared?: 'true' | 'false';
      readonly cursor?: string;
      readonly limit?: string;
    };
    answer: Schemas['SetAsidePage'];
  };
  '/v1/trails/diff': {
    path: {};
    query: {
      readonly size?: string;
      readonly at?: string;
      readonly a: string;
      readonly b: string;
      readonly content?: 'none' | 'read' | 'text';
      readonly format?: 'json' | 'text';
    };
    answer: Schemas['TrailDiffAnswer'];
  };
  '/v1/trails/{id}/reevaluation': {
    path: { readonly id: string };
    query: { readonly size?: string; readonly at?: string; readonly format?: 'json' | 'text' };
    answer: Schemas['ReevaluationAnswer'];
  };
  '/v1/trails/{id}/replay': {
    path: { readonly id: string };
    query: {
      readonly size?: string;
      readonly at?: string;
      readonly order?: 'recorded' | 'observed';
      readonly content?: 'none' | 'read' | 'text';
      readonly format?: 'json' | 'canonical' | 'text';
    };
    answer: Schemas['ReplayAnswer'];
  };
  '/v1/trails/{id}/state/{n}': {
    path: { readonly id: string; readonly n: string };
    query: { readonly size?: string; readonly at?: string; readonly order?: 'recorded' | 'observed' };
    answer: Schemas['TrailState'];
  };
  '/v1/trails/{id}/steps/{n}': {
    path: { readonly id: string; readonly n: string };
    query: {
      readonly size?: string;
      readonly at?: string;
      readonly content?: 'none' | 'read' | 'text';
      readonly proof?: '0' | '1';
    };
    answer: Schemas['TrailStepAnswer'];
  };
  '/v1/work-items': {
    path: {};
    query: {
      readonly kind?: string;
      readonly phase?:
        'open' | 'achieved' | 'failed' | 'cancelled' | 'expired' | 'merged' | 'split' | 'maturing';
      readonly tier?: 'confirmed' | 'assumed' | 'contained' | 'assisted';
      readonly from?: string;
      readonly to?: string;
      readonly cursor?: string;
      readonly limit?: string;
    };
    answer: Schemas['WorkItemPage'];
  };
  '/v1/work-items/{kind}/{key}': {
    path: { readonly kind: string; readonly key: string };
    query: {};
    answer: Schemas['WorkItemDetail'];
  };
  '/v1/work-items/{kind}/{key}/cost': {
    path: { readonly kind: string; readonly key: string };
    query: {
      readonly cursor?: string;
      readonly limit?: string;
      readonly history?: 'true' | 'false';
      readonly size?: string;
      readonly as_of?: string;
    };
    answer: Schemas['CostExplanation'];
  };
  '/v1/work-items/{kind}/{key}/trail': {
    path: { readonly kind: string; readonly key: string };
    query: {
      readonly cursor?: string;
      readonly limit?: string;
      readonly size?: string;
      readonly as_of?: string;
    };
    answer: Schemas['Trail'];
  };
  '/v1/work-items/{kind}/{key}/waste': {
    path: { readonly kind: string; readonly key: string };
    query: { readonly size?: string; readonly as_of?: string };
    answer: Schemas['WorkItemWaste'];
  };
}

export interface Posts {
  '/v1/baselines': { path: {}; query: {}; body: Schemas['NewBaseline']; answer: Schemas['SettingVersion'] };
  '/v1/cost-lines': {
    path: {};
    query: {};
    body: Schemas['NewCostLines'];
    answer: Schemas['CostLinesAnswer'];
  };
  '/v1/decisions': { path: {}; query: {}; body: Schemas['NewDecision']; answer: Schemas['RecordedDecision'] };
  '/v1/definitions': {
    path: {};
    query: { readonly previewId?: string };
    body: Schemas['NewDefinition'];
    answer: Schemas['SettingVersion'];
  };
  '/v1/erasures': { path: {}; query: {}; body: Schemas['NewErasure']; answer: Schemas['Erasure'] };
  '/v1/erasures/{erasureId}/decision': {
    path: { readonly erasureId: string };
    query: {};
    body: Schemas['ErasureDecision'];
    answer: Schemas['Erasure'];
  };
  '/v1/exports': { path: {}; query: {}; body: Schemas['NewExport']; answer: Schemas['Export'] };
  '/v1/exports/tables': {
    path: {};
    query: {};
    body: Schemas['NewTableExport'];
    answer: Schemas['TableExport'];
  };
  '/v1/fx-rates': {
    path: {};
    query: { readonly previewId?: string };
    body: Schemas['NewFxRates'];
    answer: Schemas['FxRatesAnswer'];
  };
  '/v1/grants': { path: {}; query: {}; body: Schemas['NewGrant']; answer: Schemas['Grant'] };
  '/v1/grants/{grantId}/decision': {
    path: { readonly grantId: string };
    query: {};
    body: Schemas['GrantDecision'];
    answer: Schemas['Grant'];
  };
  '/v1/imports': { path: {}; query: { readonly import_id?: string }; answer: Schemas['Import'] };
  '/v1/invoices': {
    path: {};
    query: {
      readonly format:
        'openai_usage' | 'openai_costs' | 'anthropic_usage' | 'anthropic_costs' | 'focus' | 'csv' | 'total';
      readonly period?: string;
      readonly number?: string;
      readonly total?: string;
      readonly provider?: string;
      readonly currency?: string;
      readonly charged_in?: string;
      readonly rate?: string;
      readonly dry_run?: 'true' | 'false';
    };
    body: string;
    answer: Schemas['InvoiceAnswer'];
  };
  '/v1/key-mappings': {
    path: {};
    query: { readonly previewId?: string };
    body: Schemas['NewKeyMapping'];
    answer: Schemas['SettingVersion'];
  };
  '/v1/keys': { path: {}; query: {}; body: Schemas['NewKey']; answer: Schemas['KeyWithSecret'] };
  '/v1/ledger/adjustments': {
    path: {};
    query: {};
    body: Schemas['NewAdjustment'];
    answer: Schemas['Adjustment'];
  };
  '/v1/ledger/adjustments/{adjustmentId}/decision': {
    path: { readonly adjustmentId: string };
    query: {};
    body: Schemas['AdjustmentDecision'];
    answer: Schemas['Adjustment'];
  };
  '/v1/ledger/halts/{halt}/clear': {
    path: { readonly halt: string };
    query: {};
    body: Schemas['ClearPostingHalt'];
    answer: Schemas['PostingHalts'];
  };
  '/v1/link-audits': { path: {}; query: {}; body: Schemas['NewLinkAudit']; answer: Schemas['LinkAudit'] };
  '/v1/link-calibrations': {
    path: {};
    query: { readonly previewId?: string };
    body: Schemas['NewLinkCalibration'];
    answer: Schemas['SettingVersion'];
  };
  '/v1/links': {
    path: {};
    query: { readonly previewId?: string };
    body: Schemas['NewLink'];
    answer: Schemas['RecordedLink'];
  };
  '/v1/model-aliases': {
    path: {};
    query: { readonly previewId?: string };
    body: Schemas['NewModelAliases'];
    answer: Schemas['ModelAliasesAnswer'];
  };
  '/v1/outcome-audits': {
    path: {};
    query: {};
    body: Schemas['NewOutcomeAudit'];
    answer: Schemas['OutcomeAuditDetail'];
  };
  '/v1/outcome-audits/{auditId}/verdicts': {
    path: { readonly auditId: string };
    query: {};
    body: Schemas['NewOutcomeVerdicts'];
    answer: Schemas['OutcomeAuditDetail'];
  };
  '/v1/outcomes': {
    path: {};
    query: {};
    body: Schemas['CloudEvent'] | readonly Schemas['CloudEvent'][];
    answer: null;
  };
  '/v1/outcomes/controls': {
    path: {};
    query: {};
    body: Schemas['NewOutcomeControl'] | readonly Schemas['NewOutcomeControl'][];
    answer: Schemas['OutcomeControlAnswer'];
  };
  '/v1/overrides': { path: {}; query: {}; body: Schemas['NewOverride']; answer: Schemas['RecordedDecision'] };
  '/v1/periods/{period}/close': { path: { readonly period: string }; query: {}; answer: Schemas['Period'] };
  '/v1/policies': {
    path: {};
    query: { readonly previewId?: string };
    body: Schemas['NewPolicy'];
    answer: Schemas['SettingVersion'];
  };
  '/v1/pools/allocations': {
    path: {};
    query: {};
    body: Schemas['PoolAllocation'];
    answer: Schemas['PoolAllocation'];
  };
  '/v1/previews': {
    path: {};
    query: { readonly book?: string; readonly source?: string; readonly mode?: 'add' | 'replace' };
    body: Schemas['NewPreview'];
    answer: Schemas['Preview'];
  };
  '/v1/previews/{previewId}/decision': {
    path: { readonly previewId: string };
    query: {};
    body: Schemas['PreviewDecision'];
    answer: Schemas['PreviewDetail'];
  };
  '/v1/price-books': {
    path: {};
    query: {
      readonly book?: string;
      readonly source?: string;
      readonly mode?: 'add' | 'replace';
      readonly dryRun?: 'true' | 'false';
      readonly previewId?: string;
      readonly root?: string;
    };
    body: Schemas['NewPriceBookVersion'];
    answer: Schemas['PriceBookAnswer'];
  };
  '/v1/principals': { path: {}; query: {}; body: Schemas['NewPrincipal']; answer: Schemas['Principal'] };
  '/v1/renormalisations': {
    path: {};
    query: { readonly previewId?: string };
    body: Schemas['NewRenormalisation'];
    answer: Schemas['Renormalisation'];
  };
  '/v1/self-hosted-rates': {
    path: {};
    query: { readonly previewId?: string };
    body: Schemas['NewSelfHostedRate'];
    answer: Schemas['SelfHostedRateAnswer'];
  };
  '/v1/usage-reports': {
    path: {};
    query: {};
    body: Schemas['UsageReports'];
    answer: Schemas['UsageReportsAnswer'];
  };
}

export interface Deletes {
  '/v1/keys/{keyId}': { path: { readonly keyId: string }; query: {}; answer: null };
}
