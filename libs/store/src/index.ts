/** All SQL: connection, migrations, embedded PostgreSQL, and one file per query. One line per module, sorted by path. */
export { decideAdjustment, insertAdjustment, listAdjustments } from './adjustments/adjustments.ts';
export type { Adjustment } from './adjustments/adjustments.ts';
export { readReversals } from './adjustments/read-reversals.ts';
export { readReversible } from './adjustments/read-reversible.ts';
export { readUnattributedTraces, readWriteOffs } from './adjustments/read-write-offs.ts';
export type { WriteOff } from './adjustments/read-write-offs.ts';
export type { AppendObserver } from './append/append-observer.ts';
export type { BatchCounts } from './append/batch.ts';
export { appendCounters, counterSeriesId } from './append/append-counters.ts';
export type { CounterRow } from './append/counter-row.ts';
export { addRecordIdKey, RecordIdKeys } from './append/record-id-keys.ts';
export { SpanAppender } from './append/span-appender.ts';
export type { SpansRequest } from './append/request-reader.ts';
export type { AppendedSpans, AppendSettings } from './append/span-appender.ts';
export { advanceRevisions } from './assemble/advance-revisions.ts';
export type { NewRevision } from './assemble/advance-revisions.ts';
export { readOrigins } from './assemble/read-origins.ts';
export type { Origins } from './assemble/read-origins.ts';
export { readTraceSpans, readTraceStates } from './assemble/read-trace-spans.ts';
export type { StoredSpan, TraceState } from './assemble/read-trace-spans.ts';
export { insertSteps, readNewestSteps } from './assemble/steps.ts';
export type { StepRow } from './assemble/steps.ts';
export { announceNamings, publishNamings } from './assemble/namings.ts';
export type { Naming } from './assemble/namings.ts';
export {
  readRefsOfTraces,
  readRunningTotals,
  readTraceRefs,
  insertTraceRefs,
  upsertTraceRefs,
} from './assemble/trace-refs.ts';
export type { TraceRef } from './assemble/trace-refs.ts';
export { checkBatches } from './check/check-batches.ts';
export { checkBooks } from './check/check-books.ts';
export { CHARGES_INVARIANT } from './check/check-charges.ts';
export { isAtRest, readNextWalk, readWalkPage, saveWalk } from './check/check-walks.ts';
export type { CheckWalk, WalkPage } from './check/check-walks.ts';
export {
  clearHalt,
  countOpenHalts,
  raiseHalt,
  readCheckProgress,
  readHalts,
  saveCheckProgress,
} from './check/posting-halts.ts';
export type { PostingHalt } from './check/posting-halts.ts';
export { findViolations, INVARIANTS } from './check/violations.ts';
export type { Violation } from './check/violations.ts';
export { openDatabase } from './connection/database.ts';
export type { Client, Database, DatabaseOptions, Queryable } from './connection/database.ts';
export { createDataSource, migrate } from './connection/migrate.ts';
export { timestampFromUs, usFromTimestamp } from './connection/timestamp.ts';
export { asTenant, inRolledBackTransaction, inTransaction } from './connection/transaction.ts';
export { asUnavailable, sqlState } from './connection/unavailable.ts';
export { listCostLines, readCostLinesOf, readRefsWithCostLines } from './cost-lines/read-cost-lines.ts';
export type { StoredCostLine } from './cost-lines/read-cost-lines.ts';
export { readHumanTime } from './cost-lines/read-human-time.ts';
export { readRefsWithHumanWork } from './cost-lines/read-refs-with-human-work.ts';
export { recordCostLines } from './cost-lines/record-cost-lines.ts';
export type { CostLineRecord } from './cost-lines/record-cost-lines.ts';
export { claimDueTraces, readNextDueTenant } from './due/claim-due-traces.ts';
export type { DueTrace } from './due/claim-due-traces.ts';
export { completeDueTraces } from './due/complete-due-traces.ts';
export { handBackDueTraces } from './due/hand-back-due-traces.ts';
export { makeTracesDue } from './due/make-traces-due.ts';
export type { DueReason } from './due/make-traces-due.ts';
export { postponeDueTrace } from './due/postpone-due-trace.ts';
export { readBacklog } from './due/read-backlog.ts';
export { clearTraceFailures, recordTraceFailure } from './due/record-trace-failure.ts';
export { startEmbeddedPostgres } from './embedded/start-embedded-postgres.ts';
export type {
  EmbeddedPostgres,
  EmbeddedPostgresOptions,
  ServerAddress,
} from './embedded/start-embedded-postgres.ts';
export { insertCheckpoint, readCheckpoint, readSignedSizeUpTo } from './evidence/checkpoints.ts';
export type { SignedCheckpoint } from './evidence/checkpoints.ts';
export { insertContents, readContentRows } from './content/contents.ts';
export type { ContentRow } from './content/contents.ts';
export { readContentPolicy } from './content/read-content-policy.ts';
export { readContents } from './content/read-contents.ts';
export type { CommittedStep, ReadPart, ReadStepContent } from './content/read-contents.ts';
export { subjectsOf } from './content/content-subjects.ts';
export { openKeyDirectory } from './content/key-directory-store.ts';
export type { KeyStore } from './content/key-store.ts';
export {
  decideErasure,
  finishErasure,
  holdErasure,
  insertErasure,
  listErasures,
  readErasedSubjects,
  readErasuresOf,
  readOpenErasures,
} from './erasure/erasures.ts';
export type { Erasure, OpenErasure } from './erasure/erasures.ts';
export { postErasedItems, renewIds } from './erasure/renew-ids.ts';
export { readErasureScope, readRefOfSubject } from './erasure/erasure-scope.ts';
export type { ErasureScope } from './erasure/erasure-scope.ts';
export {
  eraseTold,
  readRecordsOf,
  readResourcesOf,
  removeContents,
  replaceRecords,
  replaceResource,
  replaceSpanBytes,
} from './erasure/erase-records.ts';
export type { CutSpan } from './erasure/erase-records.ts';
export {
  listTenantIds,
  readCutThrough,
  readTracesReceived,
  removeExpiredContents,
  saveCutThrough,
} from './erasure/expire-contents.ts';
export { patternOf, replaceWords } from './erasure/replace-words.ts';
export type { Replacement } from './erasure/replace-words.ts';
export { insertLeaves, insertTreeNodes } from './evidence/insert-leaves.ts';
export type { SealedLeaf } from './evidence/insert-leaves.ts';
export { createSigningKey, readGuard, readSigningSeeds, writeGuard } from './evidence/key-directory.ts';
export { advanceLogHead, createLogHead, lockLogHead } from './evidence/log-head.ts';
export type { LogHead } from './evidence/log-head.ts';
export { fixLogOrigin, readLogOrigin } from './evidence/log-origin.ts';
export { nodeReader } from './evidence/node-reader.ts';
export { readEntries } from './evidence/read-entries.ts';
export { readLog } from './evidence/read-log.ts';
export { readLogsToSeal } from './evidence/read-logs-to-seal.ts';
export type { LogToSeal } from './evidence/read-logs-to-seal.ts';
export { readNewestLeafHashes } from './evidence/read-newest-leaf-hashes.ts';
export { readSealedAtUs } from './evidence/read-sealed-at.ts';
export { readReceipt } from './evidence/read-receipt.ts';
export type { Receipt } from './evidence/read-receipt.ts';
export { takeEvidence } from './evidence/take-evidence.ts';
export type { RecordedLeaf } from './evidence/take-evidence.ts';
export {
  readRefsOfKindAfter,
  readTracesOfItems,
  readTracesSinceAfter,
  readTracesWithLeavesAfter,
} from './facts/cause-pages.ts';
export {
  addCauseDeltas,
  advanceCause,
  claimCause,
  endCause,
  openCause,
  readCauseDeltas,
  releaseCause,
} from './facts/causes.ts';
export type { CauseDelta, OpenCause } from './facts/causes.ts';
export { deleteFacts, postponeFact, readTracesOfRefs, takeWaitingFacts } from './facts/fact-inbox.ts';
export type { WaitingFact } from './facts/fact-inbox.ts';
export { listCauses } from './facts/read-causes.ts';
export type { CauseRow } from './facts/read-causes.ts';
export {
  grantAnalyticsLogin,
  listAnalyticsLogins,
  revokeAnalyticsLogin,
} from './analytics/analytics-logins.ts';
export { scramVerifier } from './analytics/scram-verifier.ts';
export { readFocusCharges } from './focus/read-focus-charges.ts';
export type { FocusPage } from './focus/read-focus-charges.ts';
export { holdFxRates, listFxRates, recordFxRates } from './fx/fx-rates.ts';
export { advanceImport, endImport, readImport, startImport } from './imports/imports.ts';
export type { ImportCounts, ImportError, ImportProgress } from './imports/imports.ts';
export {
  claimDueReconciliation,
  completeReconciliation,
  makeReconciliationsDue,
  touchBills,
  touchForeignBills,
} from './invoices/due-reconciliations.ts';
export type { BillKey, DueReconciliation } from './invoices/due-reconciliations.ts';
export { readInvoiceLines, readInvoices } from './invoices/read-invoices.ts';
export type { InvoiceHead } from './invoices/read-invoices.ts';
export { readAccrued, readTracesUsedIn } from './invoices/read-traces-used-in.ts';
export { readReconciliations, upsertReconciliation } from './invoices/reconciliations.ts';
export { recordInvoice } from './invoices/record-invoice.ts';
export type { NewInvoice } from './invoices/record-invoice.ts';
export type { ApiKey } from './keys/api-key.ts';
export { insertApiKey } from './keys/insert-api-key.ts';
export type { NewApiKey } from './keys/insert-api-key.ts';
export { listApiKeys } from './keys/list-api-keys.ts';
export { hashSecret, newSecret } from './keys/new-secret.ts';
export { readApiKey } from './keys/read-api-key.ts';
export { recordApiKey, recordKeyRevoked, recordPrincipal } from './keys/record-key.ts';
export { revokeApiKey } from './keys/revoke-api-key.ts';
export { isRole, ROLES } from './keys/roles.ts';
export type { Role } from './keys/roles.ts';
export { listOutcomes, readOutcomes, readOutcomesOf } from './outcomes/read-outcomes.ts';
export type { OutcomeFilter, StoredOutcome } from './outcomes/read-outcomes.ts';
export { drawOutcomeSample } from './outcomes/draw-outcome-sample.ts';
export type { ClaimedPopulation, RankedOutcome } from './outcomes/draw-outcome-sample.ts';
export {
  insertAuditVerdicts,
  insertOutcomeAudit,
  listOutcomeAudits,
  readAuditedItems,
  readOutcomeAudit,
} from './outcomes/outcome-audits.ts';
export type { AuditedItem, OutcomeAudit } from './outcomes/outcome-audits.ts';
export { compareOutcomeControls, recordOutcomeControls } from './outcomes/outcome-controls.ts';
export type { ComparedControl, OutcomeControl } from './outcomes/outcome-controls.ts';
export { readPassedDeadlines } from './outcomes/read-passed-deadlines.ts';
export type { PassedDeadline } from './outcomes/read-passed-deadlines.ts';
export { readRelatedItems } from './outcomes/read-related-items.ts';
export { recordOutcomes } from './outcomes/record-outcomes.ts';
export type { OutcomeRecord, RecordedOutcome } from './outcomes/record-outcomes.ts';
export { dropSpanDay } from './partitions/drop-span-day.ts';
export { ensureSpanPartitions } from './partitions/ensure-span-partitions.ts';
export { readSpanDayHolds } from './partitions/read-span-day-holds.ts';
export type { SpanDayHold } from './partitions/read-span-day-holds.ts';
export { readSpanPlaces } from './partitions/read-span-places.ts';
export { readTenantsOfDay, recordSpanPlaces } from './partitions/record-span-places.ts';
export { readDaysBeingLetGo, readSpanDays } from './partitions/span-days.ts';
export type { SpanDay } from './partitions/span-days.ts';
export { askForAllocation } from './pools/ask-for-allocations.ts';
export { askToRenormalise } from './facts/ask-to-renormalise.ts';
export { readItemUse, readPoolCosts } from './pools/read-pool-inputs.ts';
export { openPosting, stopPosting } from './periods/open-posting.ts';
export type { OpenPosting } from './periods/open-posting.ts';
export {
  beginClose,
  endClose,
  isPeriodSealed,
  readClosablePeriods,
  readPeriods,
  readPeriodState,
} from './periods/periods.ts';
export type { ClosingPeriod, PeriodRow } from './periods/periods.ts';
export { readNewestRevisions } from './periods/read-newest-revisions.ts';
export { readPeriodBalances, readPeriodDifferences } from './periods/read-period-balances.ts';
export type { PeriodBalance, PeriodDifference } from './periods/read-period-balances.ts';
export { advancePostings } from './posting/advance-postings.ts';
export { insertEvidence } from './posting/evidence-rows.ts';
export type { EvidenceRow } from './posting/evidence-rows.ts';
export { countLinkAudits, listLinkAudits, recordLinkAudit } from './links/link-audits.ts';
export type { LinkAudit } from './links/link-audits.ts';
export { readCandidateCosts, readUnlinkedCosts } from './links/read-candidate-costs.ts';
export type { CandidateCost } from './links/read-candidate-costs.ts';
export { readCandidatePairs, readCustomerPairs, readNeighbourPairs } from './links/read-suggestions.ts';
export { readCandidateGroups } from './links/read-candidate-groups.ts';
export { readAttempt, readIdSeed } from './links/read-attempt.ts';
export { recordLinkDecision } from './links/record-link-decision.ts';
export { readSpansNamed } from './links/read-spans-named.ts';
export { readLinkDecisions } from './posting/read-link-facts.ts';
export type { StoredLinkDecision } from './posting/read-link-facts.ts';
export { rebuildLinkCandidates, replaceLinkCandidates } from './posting/link-candidates.ts';
export type { LinkCandidateRow } from './posting/link-candidates.ts';
export { insertLinks, readStandingLinks } from './posting/insert-links.ts';
export type { LinkRow } from './posting/insert-links.ts';
export { insertTransactions } from './posting/insert-transactions.ts';
export type { PostingBatch } from './posting/insert-transactions.ts';
export { readPosted } from './posting/read-posted.ts';
export type { PostedBalance } from './posting/read-posted.ts';
export { readRulesDigest, readTenantRules } from './posting/read-rules.ts';
export type { RulesDigest, SettingVersion, TenantRules } from './posting/read-rules.ts';
export { readStandingAttempts, readStandingAttemptsOfTraces } from './posting/read-standing-attempts.ts';
export type { StandingAttempt } from './posting/read-standing-attempts.ts';
export { rebuildAttempts, replaceAttempts } from './posting/replace-attempts.ts';
export { updateAttemptCosts } from './posting/update-attempt-costs.ts';
export type { AttemptRow } from './posting/replace-attempts.ts';
export { rebuildWorkItems, updateWorkItems } from './posting/update-work-items.ts';
export type { WorkItemUpdate } from './posting/update-work-items.ts';
export { readFactsForLinks } from './posting/read-facts-for-links.ts';
export { lockWorkItems, readContestedConversations, readOutcomeEvents } from './posting/work-items.ts';
export type { StoredOutcomeEvent, WorkItemSeed } from './posting/work-items.ts';
export { replaceWorklist } from './posting/worklist.ts';
export type { WorklistEntry } from './posting/worklist.ts';
export { recordPreviewRule } from './previews/preview-rule.ts';
export type { PreviewRule } from './previews/preview-rule.ts';
export {
  addMarks,
  addNamings,
  endPreview,
  readMarks,
  readNamings,
  readOpenPreview,
  removeExpiredPreviews,
  saveSummary,
} from './previews/preview-progress.ts';
export type { OpenPreview, PreviewNaming } from './previews/preview-progress.ts';
export { decidePreview, insertPreview, listPreviews } from './previews/previews.ts';
export type { PreviewProof } from './previews/preview-proof.ts';
export type { PreviewRow } from './previews/previews.ts';
export { readConnected } from './previews/read-connected.ts';
export {
  readShadowedFact,
  shadowWorkTables,
  takeShadowedBills,
  takeShadowedDue,
} from './previews/shadow-work-tables.ts';
export { insertPriceBook } from './prices/insert-price-book.ts';
export type { NewPriceBook } from './prices/insert-price-book.ts';
export { installShippedBook, SHIPPED_BOOK } from './prices/install-shipped-book.ts';
export { priceBookRoot } from './prices/price-book-leaf.ts';
export type { PriceBookHead } from './prices/price-book-leaf.ts';
export { readBookRows } from './prices/read-book-rows.ts';
export { readChargedUsage } from './prices/read-charged-usage.ts';
export type { ChargedUsage } from './prices/read-charged-usage.ts';
export { readPriceBooks } from './prices/read-price-books.ts';
export type { PriceBookVersion } from './prices/read-price-books.ts';
export { readPriceRows, SHIPPED_PRICES } from './prices/read-price-rows.ts';
export { readPrice } from './prices/read-price.ts';
export { planPriceBook, recordPriceBook } from './prices/record-price-book.ts';
export type { PriceBookPlan, PriceList } from './prices/record-price-book.ts';
export { listPrincipals } from './principals/principals.ts';
export type { PrincipalRow } from './principals/principals.ts';
export { replaceCostClaims } from './quality/cost-claims.ts';
export type { CostClaimRow } from './quality/cost-claims.ts';
export { insertEmitters, listEmitters, readEmitters } from './quality/emitters.ts';
export type { EmitterRow } from './quality/emitters.ts';
export {
  dropFromQualityBacklog,
  hasQualityBacklog,
  holdPostings,
  takeQualityBacklog,
} from './quality/quality-backlog.ts';
export {
  moveQualityDays,
  QUALITY_SHARDS,
  readFindingTotals,
  readQualityCounts,
  readQualityDaySums,
} from './quality/quality-days.ts';
export type { QualityCount, QualityMove } from './quality/quality-days.ts';
export { readFindingExamples, replaceFindings } from './quality/quality-findings.ts';
export type { FindingRow } from './quality/quality-findings.ts';
export { readRecordsAt } from './quality/read-records-at.ts';
export { readRejectedAtIngest } from './quality/read-rejected-at-ingest.ts';
export type { RejectedAtIngest } from './quality/read-rejected-at-ingest.ts';
export {
  isByCall,
  readExcludedClaims,
  readReportedCostExamples,
  readReportedCosts,
  REPORTED_COST_KEYS,
} from './quality/read-reported-costs.ts';
export type { ReportedCostExample, ReportedCostKey, ReportedCostRow } from './quality/read-reported-costs.ts';
export { readTraceQuality, readTraceQualityAfter, upsertTraceQuality } from './quality/trace-quality.ts';
export { readInvoicedMonths } from './rebuild/read-invoiced-months.ts';
export { readUnsettled } from './rebuild/read-unsettled.ts';
export { readWorkItemRefsAfter } from './rebuild/read-work-item-refs-after.ts';
export { readPostingIdsAfter, rebuildPositions, removeStrayPositions } from './rebuild/rebuild-positions.ts';
export { readTraceIdsToRebuild, rebuildTraceSummaries } from './rebuild/rebuild-trace-summaries.ts';
export type { GroupKey } from './reports/group-keys.ts';
export type { PopulationView } from './reports/population.ts';
export { readBilled } from './reports/read-billed.ts';
export { readChangeSince, readLastClose } from './reports/read-change-since.ts';
export type { ChangeSince } from './reports/read-change-since.ts';
export type { BilledAs, BilledMonth } from './reports/read-billed.ts';
export { readAttemptResults } from './reports/read-attempt-results.ts';
export type { AttemptResultRow } from './reports/read-attempt-results.ts';
export { readCellCosts, readCellItems, readCellTotal } from './reports/read-cell-items.ts';
export { readItemCosts } from './reports/read-item-costs.ts';
export type { ItemCostRow } from './reports/read-item-costs.ts';
export { readGroupTokens } from './reports/read-group-tokens.ts';
export { readItemLives } from './reports/read-item-lives.ts';
export type { ItemLifeRow } from './reports/read-item-lives.ts';
export { readPopulationEvents } from './reports/read-population-events.ts';
export type { PopulationEvent } from './reports/read-population-events.ts';
export { readLoadedItems } from './reports/read-loaded-items.ts';
export type { LoadedItemRow } from './reports/read-loaded-items.ts';
export { readOutcomeTypes } from './reports/read-outcome-types.ts';
export type { CellItem, CellTotal } from './reports/read-cell-items.ts';
export { readMovesBetween } from './reports/read-moves-between.ts';
export { readControlledOutcomes } from './reports/read-controlled-outcomes.ts';
export { readCostPerOutcome } from './reports/read-cost-per-outcome.ts';
export type { CostPerOutcomeRow } from './reports/read-cost-per-outcome.ts';
export type { CostPerOutcomeQuery } from './reports/cost-cells.ts';
export { readCostByDay } from './reports/read-cost-by-day.ts';
export type { CostFigure, DatedCost } from './reports/read-cost-by-day.ts';
export { readPeriodCostByDay } from './reports/read-period-cost-by-day.ts';
export { readLoadedCosts } from './reports/read-loaded-costs.ts';
export type { LoadedCostRow } from './reports/read-loaded-costs.ts';
export { listTransactions, readTrialBalance } from './reports/read-ledger.ts';
export type { AccountBalance, StoredTransaction, TransactionFilter } from './reports/read-ledger.ts';
export { readPeriodMoves, readPeriodUsages } from './reports/read-period-usages.ts';
export type { PeriodUsage } from './reports/read-period-usages.ts';
export { readPeriodCosts } from './reports/read-period-costs.ts';
export type { PeriodCostRow } from './reports/read-period-costs.ts';
export type { PeriodQuery } from './reports/period-cells.ts';
export { readPeriodOutcomes } from './reports/read-period-outcomes.ts';
export type { PeriodOutcomeRow } from './reports/read-period-outcomes.ts';
export { readPriceBookVersions } from './reports/read-price-book-versions.ts';
export { hasUnsealedLeaves } from './reports/has-unsealed-leaves.ts';
export { readMetered, readTieOut } from './reports/read-tie-out.ts';
export type { TieOutPart, TieOutQuery } from './reports/read-tie-out.ts';
export { readDeadTools, readWasteRules, readWasteSums } from './reports/read-waste.ts';
export type { DeadToolRow, WasteRuleRow, WasteSumRow } from './reports/read-waste.ts';
export { readIdleCalls, readOverlongOutputs } from './reports/read-waste-opportunities.ts';
export type { OverlongRow } from './reports/read-waste-opportunities.ts';
export { readReadableSizes, readSettledSize, readSizeAt } from './reports/settled-size.ts';
export type { ReadableSizes } from './reports/settled-size.ts';
export { exportSnapshot, inReportSnapshot, inTenantSnapshot } from './reports/tenant-snapshot.ts';
export type { ExportedSnapshot } from './reports/tenant-snapshot.ts';
export { groupSetAside, listSetAside, SET_ASIDE_KINDS } from './set-aside/read-set-aside.ts';
export type { SetAsideFilter, SetAsideGroup, SetAsideKind, SetAsideRow } from './set-aside/read-set-aside.ts';
export { readSettings } from './settings/read-settings.ts';
export type { Setting, SettingTable } from './settings/read-settings.ts';
export { recordSetting } from './settings/record-setting.ts';
export { readStorage } from './storage/read-storage.ts';
export type { Storage } from './storage/read-storage.ts';
export { createTenant } from './tenants/create-tenant.ts';
export { listTenants } from './tenants/list-tenants.ts';
export { lockTenant } from './tenants/lock-tenant.ts';
export { openTenant } from './tenants/open-tenant.ts';
export { readTenantId } from './tenants/read-tenant-id.ts';
export { readTenantLimits, setTenantLimit } from './tenants/tenant-limits.ts';
export type { TenantLimit } from './tenants/tenant-limits.ts';
export { readDecisionsAt, recordDecision } from './trails/decisions.ts';
export { readRulePlaces, readRulesAt } from './trails/read-rules-at.ts';
export { readSealedSubjects } from './trails/read-sealed-subjects.ts';
export { readAttemptsAt, readTracesNaming } from './trails/read-attempts-at.ts';
export { readEntriesAt } from './trails/read-entries-at.ts';
export { readCostLinesAt, readLinkDecisionsAt } from './trails/read-facts-of-people-at.ts';
export { readOutcomesAt } from './trails/read-outcomes-at.ts';
export { readRefOfSurrogate } from './trails/read-ref-of-surrogate.ts';
export { readClosedTrailsAt } from './trails/read-closed-trails-at.ts';
export { readSpanReceipts } from './trails/read-span-receipts.ts';
export { readPostedAt } from './trails/read-posted-at.ts';
export { readStepsAt } from './trails/read-steps-at.ts';
export { readUsageReports, recordUsageReports } from './usage-reports/usage-reports.ts';
export type { UsageReportRecord } from './usage-reports/usage-reports.ts';
export { readRunsToJudge } from './waste/read-runs-to-judge.ts';
export type { RunToJudge } from './waste/read-runs-to-judge.ts';
export { NO_ATTEMPT, readJudgedRuns, replaceRunWaste } from './waste/run-waste.ts';
export type { JudgedRun, RunWasteRow, WasteFindingRow } from './waste/run-waste.ts';
export { readTraceReadings, upsertTraceReadings } from './waste/trace-readings.ts';
export type { TraceReadingRow } from './waste/trace-readings.ts';
export {
  claimWasteDue,
  completeWasteDue,
  judgeWasteAnew,
  makeWasteDue,
  restartWaste,
} from './waste/waste-due.ts';
export type { DueWaste } from './waste/waste-due.ts';
export { readAttemptsOf } from './work-items/read-attempts-of.ts';
export type { CostedAttemptPart } from './work-items/read-attempts-of.ts';
export { readItemFlows } from './work-items/read-item-flows.ts';
export { readLinksAt, readLinksOf, readLinksOfTraces } from './work-items/read-links-of.ts';
export type { StoredLink } from './work-items/read-links-of.ts';
export { readPostedHistory } from './work-items/read-posted-history.ts';
export type { PostedEntry } from './work-items/read-posted-history.ts';
export { readPricesById } from './work-items/read-prices-by-id.ts';
export { listWorkItems, readWorkItem, readWorkItemAt } from './work-items/read-work-items.ts';
export type { WorkItemFilter, WorkItemRow } from './work-items/read-work-items.ts';
export { readCounters, readStepCounts } from './reports/read-counters.ts';
export type { CountedByMetric, CountedBySteps } from './reports/read-counters.ts';
export {
  listContentReads,
  listContentReadsByLeaf,
  readAccessCheckpointBefore,
  recordContentRead,
} from './access/access-log.ts';
export type { LoggedRead } from './access/access-log.ts';
export { decideGrant, insertGrant, listGrants, readPrincipalId } from './access/grants.ts';
export type { Grant, GrantScope } from './access/grants.ts';
export type { LogName } from './evidence/log-tables.ts';
export {
  advanceExport,
  claimExport,
  dropUnfinishedArchive,
  failExport,
  finishExport,
  insertExportChunk,
} from './exports/export-builds.ts';
export type { BuiltExport, ClaimedBundle, ClaimedExport, ClaimedTable } from './exports/export-builds.ts';
export {
  dropArchivesOf,
  dropExpiredArchives,
  insertExport,
  listExports,
  readExport,
  readExportChunk,
} from './exports/exports.ts';
export { countTableUnits } from './exports/count-table-units.ts';
export type { TableUnits } from './exports/count-table-units.ts';
export { isTableExport, listTableExports, readTableExport } from './exports/table-exports.ts';
export type { TableExportRow } from './exports/table-exports.ts';
export type { TableRequest } from './exports/table-request.ts';
export type { ExportRequest, ExportRow, ExportScope } from './exports/exports.ts';
export {
  readBatchesToOpen,
  readCommitsOf,
  readLeavesAbout,
  readPlacesOfLeavesAbout,
  readOutcomesToOpen,
  readRefsBelow,
  readRevisionRecords,
  readTracesBelow,
} from './exports/read-bundle-rows.ts';
export type { OutcomeToOpen, RevisionRecord } from './exports/read-bundle-rows.ts';
export { nameOf, readTrailFacts, readTrailPlaces, refOfTrail } from './trails/read-trail-facts.ts';
export { readTransactionsOfBatches } from './reports/read-ledger.ts';
export { insertDelivery, listDeliveries, readLastDelivery } from './evidence/checkpoint-deliveries.ts';
export { insertCosignature, readCosignatureLines, readCosignedSize } from './evidence/cosignatures.ts';
