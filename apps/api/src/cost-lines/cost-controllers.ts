import { AdjustmentsController } from './adjustments.controller.ts';
import { CostLinesController } from './cost-lines.controller.ts';
import { FxRatesController } from './fx-rates.controller.ts';
import { PoolsController } from './pools.controller.ts';
import { UsageReportsController } from './usage-reports.controller.ts';

/** What is paid beside the calls of agents, and what moves cost by hand. */
export const COST_CONTROLLERS = [
  CostLinesController,
  UsageReportsController,
  AdjustmentsController,
  PoolsController,
  FxRatesController,
];
