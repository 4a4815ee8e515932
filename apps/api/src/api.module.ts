import { ServerModule, type ServerParts } from '#server';
import { Module, type DynamicModule } from '@nestjs/common';
import { API_CONTEXT, type ApiContext } from './api-context.ts';
import { EVIDENCE_CONTROLLERS } from './evidence/evidence-controllers.ts';
import { OutcomeIntake } from './outcomes/outcome-intake.ts';
import { OutcomesController } from './outcomes/outcomes.controller.ts';
import { SetAsideController } from './reports/set-aside.controller.ts';
import { InvoicesController } from './invoices/invoices.controller.ts';
import { LedgerController } from './ledger/ledger.controller.ts';
import { SettingsController } from './settings/settings.controller.ts';
import { ImportsController } from './imports/imports.controller.ts';
import { ModelAliasesController } from './settings/model-aliases.controller.ts';
import { PriceBookImportsController } from './settings/price-book-imports.controller.ts';
import { PriceBooksController } from './settings/price-books.controller.ts';
import { KeysController } from './settings/keys.controller.ts';
import { WorkItemsController } from './work-items/work-items.controller.ts';
import { DataQualityController } from './data-quality/data-quality.controller.ts';
import { ReportedCostController } from './reports/reported-cost.controller.ts';
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
        OutcomesController,
        ReportsController,
        ReportedCostController,
        DataQualityController,
        WorkItemsController,
        SetAsideController,
        LedgerController,
        InvoicesController,
        SettingsController,
        KeysController,
        PriceBooksController,
        PriceBookImportsController,
        ModelAliasesController,
        ImportsController,
      ],
      providers: [{ provide: API_CONTEXT, useValue: context }, OutcomeIntake],
    };
  }
}
