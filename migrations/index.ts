import { InitialSchema20261121000000 } from './20261121000000-initial-schema.ts';
import { EvidenceLog20261121100000 } from './20261121100000-evidence-log.ts';
import { LedgerHistory20261122013000 } from './20261122013000-ledger-history.ts';
import { BusinessOutcomes20261122015000 } from './20261122015000-business-outcomes.ts';
import { LogsAndCounters20261122020000 } from './20261122020000-logs-and-counters.ts';
import { DataQuality20261122014500 } from './20261122014500-data-quality.ts';
import { Links20261122170000 } from './20261122170000-links.ts';
import { CostLines20261122030000 } from './20261122030000-cost-lines.ts';
import { Invoices20261122160000 } from './20261122160000-invoices.ts';
import { PeriodsAndHalts20261122180000 } from './20261122180000-periods-and-halts.ts';
import { Previews20261123040000 } from './20261123040000-previews.ts';
import { ForeignInvoices20261123043000 } from './20261123043000-foreign-invoices.ts';
import { Decisions20261123050000 } from './20261123050000-decisions.ts';
import { Contents20261123051500 } from './20261123051500-contents.ts';
import { ExportsAndAccess20261123052000 } from './20261123052000-exports-and-access.ts';
import { RunningTotals20261123061000 } from './20261123061000-running-totals.ts';
import { CheckWalks20261124010100 } from './20261124010100-check-walks.ts';
import { LinkCandidateHistory20261124010200 } from './20261124010200-link-candidate-history.ts';
import { Waste20261124030000 } from './20261124030000-waste.ts';
import { AnalyticsViews20261124050000 } from './20261124050000-analytics-views.ts';
import { SpanDays20261124070000 } from './20261124070000-span-days.ts';
import { TenantLimits20261124071000 } from './20261124071000-tenant-limits.ts';
import { ExportBuilds20261125100000 } from './20261125100000-export-builds.ts';
import { PrivacySweep20261125101000 } from './20261125101000-privacy-sweep.ts';
import { AnalyzeSooner20261125120000 } from './20261125120000-analyze-sooner.ts';
import { LeafHashesInKey20261126100000 } from './20261126100000-leaf-hashes-in-key.ts';
import { ItemIdSeeds20261126110000 } from './20261126110000-item-id-seeds.ts';
import { AttemptCosts20261126130000 } from './20261126130000-attempt-costs.ts';
import { PositionsByUsageDay20261126140000 } from './20261126140000-positions-by-usage-day.ts';
import { RecordIdKeys20261127100000 } from './20261127100000-record-id-keys.ts';
import { UsageReportSalts20261127110000 } from './20261127110000-usage-report-salts.ts';

/** In order of application. A static list: a missing file is a compile error. */
export const migrations = [
  InitialSchema20261121000000,
  EvidenceLog20261121100000,
  LedgerHistory20261122013000,
  DataQuality20261122014500,
  BusinessOutcomes20261122015000,
  LogsAndCounters20261122020000,
  CostLines20261122030000,
  Invoices20261122160000,
  Links20261122170000,
  PeriodsAndHalts20261122180000,
  Previews20261123040000,
  ForeignInvoices20261123043000,
  Decisions20261123050000,
  Contents20261123051500,
  ExportsAndAccess20261123052000,
  RunningTotals20261123061000,
  CheckWalks20261124010100,
  LinkCandidateHistory20261124010200,
  Waste20261124030000,
  AnalyticsViews20261124050000,
  SpanDays20261124070000,
  TenantLimits20261124071000,
  ExportBuilds20261125100000,
  PrivacySweep20261125101000,
  AnalyzeSooner20261125120000,
  LeafHashesInKey20261126100000,
  ItemIdSeeds20261126110000,
  AttemptCosts20261126130000,
  PositionsByUsageDay20261126140000,
  RecordIdKeys20261127100000,
  UsageReportSalts20261127110000,
];
