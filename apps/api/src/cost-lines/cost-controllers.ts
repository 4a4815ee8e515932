import { CostLinesController } from './cost-lines.controller.ts';

/** What is paid beside the calls of agents, and what moves it. */
export const COST_CONTROLLERS = [CostLinesController];
