import { ServerModule, type ServerParts } from '#server';
import { Module, type DynamicModule } from '@nestjs/common';
import { API_CONTEXT, type ApiContext } from './api-context.ts';
import { COST_CONTROLLERS } from './cost-lines/cost-controllers.ts';
import { EVIDENCE_CONTROLLERS } from './evidence/evidence-controllers.ts';
import { OutcomeIntake } from './outcomes/outcome-intake.ts';
import { OutcomeAuditsController } from './outcomes/outcome-audits.controller.ts';
import { OutcomeControlsController } from './outcomes/outcome-controls.controller.ts';
import { OutcomesController } from './outcomes/outcomes.controller.ts';
import { SetAsideController } from './reports/set-aside.controller.ts';
import { ErasuresController } from './erasures/erasures.controller.ts';
import { ExplainController } from './explain/explain.controller.ts';
import { InvoicesController } from './invoices/invoices.controller.ts';
import { LinkAuditsController } from './links/link-audits.controller.ts';
import { LinksController } from './links/links.controller.ts';
import { CausesController } from './ledger/causes.controller.ts';
import { PeriodsController } from './ledger/periods.controller.ts';
import { RenormalisationsController } from './ledger/renormalisations.controller.ts';
import { HaltsController } from './ledger/halts.controller.ts';
import { FocusController } from './focus/focus.controller.ts';
import { JournalController } from './ledger/journal.controller.ts';
import { LedgerController } from './ledger/ledger.controller.ts';
import { PreviewsController } from './previews/previews.controller.ts';
import { SettingsController } from './settings/settings.controller.ts';
import { ImportsController } from './imports/imports.controller.ts';
import { SelfHostedCapacityController } from './reports/self-hosted-capacity.controller.ts';
import { SelfHostedRatesController } from './settings/self-hosted-rates.controller.ts';
import { ModelAliasesController } from './settings/model-aliases.controller.ts';
import { PriceBookImportsController } from './settings/price-book-imports.controller.ts';
import { PriceBooksController } from './settings/price-books.controller.ts';
import { KeysController } from './settings/keys.controller.ts';
import { MeController } from './settings/me.controller.ts';
import { TRAIL_CONTROLLERS } from './trails/trail-controllers.ts';
import { WorkItemsController } from './work-items/work-items.controller.ts';
import { WorkItemWasteController } from './work-items/work-item-waste.controller.ts';
import { DataQualityController } from './data-quality/data-quality.controller.ts';
import { MeteredAgainstMetricsController } from './reports/metered-against-metrics.controller.ts';
import { ReportedCostController } from './reports/reported-cost.controller.ts';
import { ComparisonsController } from './economics/comparisons.controller.ts';
import { EconomicsController } from './economics/economics.controller.ts';
import { ReportReader } from './reports/report-reader.ts';
import { ReportsController } from './reports/reports.controller.ts';

/** The HTTP API on :3000: outcomes and settings in, reports, work items and ledger out. */
@Module({})
export class ApiModule {
  static with(context: ApiContext, server: ServerParts): DynamicModule {
    return {
      module: ApiModule,
      imports: [ServerModule.with(server)],
      controllers: [
        ...EVIDENCE_CONTROLLERS,
        ...COST_CONTROLLERS,
        OutcomesController,
        OutcomeControlsController,
        OutcomeAuditsController,
        MeteredAgainstMetricsController,
        ComparisonsController,
        EconomicsController,
        ReportsController,
        ErasuresController,
        ExplainController,
        ReportedCostController,
        DataQualityController,
        WorkItemsController,
        WorkItemWasteController,
        ...TRAIL_CONTROLLERS,
        SetAsideController,
        LinksController,
        LinkAuditsController,
        LedgerController,
        InvoicesController,
        CausesController,
        PeriodsController,
        RenormalisationsController,
        HaltsController,
        JournalController,
        FocusController,
        PreviewsController,
        SettingsController,
        KeysController,
        MeController,
        PriceBooksController,
        PriceBookImportsController,
        ModelAliasesController,
        SelfHostedRatesController,
        SelfHostedCapacityController,
        ImportsController,
      ],
      providers: [{ provide: API_CONTEXT, useValue: context }, OutcomeIntake, ReportReader],
    };
  }
}
