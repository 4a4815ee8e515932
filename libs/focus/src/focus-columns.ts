/** What a column holds; `decimal` is exact text, `json` a JSON object of plain values. */
export type FocusKind = 'text' | 'decimal' | 'integer' | 'time' | 'json';

/**
 * The columns of the export, in order: those of FOCUS 1.2 (https://focus.finops.org, dataset CostAndUsage) by name, then
 * ours, prefixed as FOCUS asks for.
 */
export const FOCUS_COLUMNS = [
  ['BilledCost', 'decimal'],
  ['BillingAccountId', 'text'],
  ['BillingAccountName', 'text'],
  ['BillingCurrency', 'text'],
  ['BillingPeriodEnd', 'time'],
  ['BillingPeriodStart', 'time'],
  ['ChargeCategory', 'text'],
  ['ChargeClass', 'text'],
  ['ChargeDescription', 'text'],
  ['ChargeFrequency', 'text'],
  ['ChargePeriodEnd', 'time'],
  ['ChargePeriodStart', 'time'],
  ['CommitmentDiscountStatus', 'text'],
  ['ConsumedQuantity', 'decimal'],
  ['ConsumedUnit', 'text'],
  ['ContractedCost', 'decimal'],
  ['ContractedUnitPrice', 'decimal'],
  ['EffectiveCost', 'decimal'],
  ['InvoiceId', 'text'],
  ['InvoiceIssuerName', 'text'],
  ['ListCost', 'decimal'],
  ['ListUnitPrice', 'decimal'],
  ['PricingCategory', 'text'],
  ['PricingCurrency', 'text'],
  ['PricingCurrencyContractedUnitPrice', 'decimal'],
  ['PricingCurrencyEffectiveCost', 'decimal'],
  ['PricingCurrencyListUnitPrice', 'decimal'],
  ['PricingQuantity', 'decimal'],
  ['PricingUnit', 'text'],
  ['ProviderName', 'text'],
  ['PublisherName', 'text'],
  ['ResourceId', 'text'],
  ['ResourceName', 'text'],
  ['ResourceType', 'text'],
  ['ServiceCategory', 'text'],
  ['ServiceName', 'text'],
  ['ServiceSubcategory', 'text'],
  ['SkuId', 'text'],
  ['SkuMeter', 'text'],
  ['SkuPriceDetails', 'json'],
  ['SkuPriceId', 'text'],
  ['Tags', 'json'],
  ['x_AgentName', 'text'],
  ['x_AttemptId', 'text'],
  ['x_CallCount', 'integer'],
  ['x_EvidenceGrade', 'text'],
  ['x_LedgerAccount', 'text'],
  ['x_Model', 'text'],
  ['x_OutcomeId', 'text'],
  ['x_OutcomeState', 'text'],
  ['x_OutcomeType', 'text'],
  ['x_TokenType', 'text'],
  ['x_TraceId', 'text'],
  ['x_WorkflowName', 'text'],
  ['x_WorkItemKey', 'text'],
  ['x_WorkItemKind', 'text'],
] as const satisfies readonly (readonly [string, FocusKind])[];

type Columns = (typeof FOCUS_COLUMNS)[number];
type Value<Kind extends FocusKind> = Kind extends 'integer'
  ? number
  : Kind extends 'json'
    ? Readonly<Record<string, string>>
    : string;

/** A row: a value by column; null where FOCUS allows none and there is none. Times are `2026-10-01T00:00:00Z`. */
export type FocusRow = { readonly [Column in Columns as Column[0]]: Value<Column[1]> | null };
