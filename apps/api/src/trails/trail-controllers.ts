import { DecisionsController } from './decisions.controller.ts';
import { ReevaluationController } from './reevaluation.controller.ts';
import { TrailComparisonController } from './trail-comparison.controller.ts';
import { TrailsController } from './trails.controller.ts';

export const TRAIL_CONTROLLERS = [
  TrailComparisonController,
  TrailsController,
  ReevaluationController,
  DecisionsController,
];
