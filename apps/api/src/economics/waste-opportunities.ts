import { compareShares, resultOfPlacement } from '#economics';
import { dividePico, formatPico } from '#model';
import {
  readAttemptResults,
  readOverlongOutputs,
  type AttemptResultRow,
  type Client,
  type CostPerOutcomeQuery,
} from '#store';
import type { RowGroup } from '../reports/finish-report.ts';
import { decimalText } from './interval-view.ts';
import type { OpportunitiesView } from './waste-views.ts';

const FEWEST_OUTPUTS = 20;
const MARGIN = 0.02;
const FEWEST_ATTEMPTS = 30;

/**
 * What might be saved and is not called waste: W13 of each group, W17 of the whole. Both are read from what happened, so
 * who routed what to which model stands behind the differences.
 */
export async function readOpportunities(
  client: Client,
  tenantId: bigint,
  population: CostPerOutcomeQuery,
): Promise<(group: RowGroup) => OpportunitiesView> {
  const overlong = await readOverlongOutputs(client, tenantId, population, FEWEST_OUTPUTS);
  const byModel = await readAttemptResults(client, tenantId, {
    ...population,
    groupBy: [{ name: 'workflow' }, { name: 'model' }],
  });
  const overcapable = compareModels(byModel);
  return (group) => {
    const own = overlong.find((row) => JSON.stringify(row.group) === JSON.stringify(group));
    return {
      overlongOutput:
        own === undefined ? null : { outputs: own.outputs, surplusUsd: formatPico(own.surplusPico) },
      overcapable: group === null ? overcapable : [],
    };
  };
}

interface ModelResults {
  readonly workflow: string | null;
  readonly model: string;
  attempts: number;
  succeeded: number;
  costPico: bigint;
  isKnown: boolean;
}

function compareModels(rows: readonly AttemptResultRow[]): OpportunitiesView['overcapable'] {
  const models = new Map<string, ModelResults>();
  for (const { group, placement, attempts, costPico, unknownCalls } of rows) {
    const [workflow = null, model = null] = group ?? [];
    const result = resultOfPlacement(placement);
    if (group === null || model === null || (result !== 'succeeded' && result !== 'failed')) continue;
    const key = JSON.stringify([workflow, model]);
    const sums = models.get(key) ?? {
      workflow,
      model,
      attempts: 0,
      succeeded: 0,
      costPico: 0n,
      isKnown: true,
    };
    models.set(key, {
      ...sums,
      attempts: sums.attempts + attempts,
      succeeded: sums.succeeded + (result === 'succeeded' ? attempts : 0),
      costPico: sums.costPico + costPico,
      isKnown: sums.isKnown && unknownCalls === 0,
    });
  }
  const known = [...models.values()].filter(
    ({ isKnown, attempts }) => isKnown && attempts >= FEWEST_ATTEMPTS,
  );
  return known.flatMap((current) =>
    known
      .filter((other) => other.workflow === current.workflow && isCheaper(other, current))
      .map((other) => {
        const difference = compareShares(
          other.succeeded,
          other.attempts,
          current.succeeded,
          current.attempts,
        );
        const gapPico = current.costPico * BigInt(other.attempts) - other.costPico * BigInt(current.attempts);
        return {
          workflow: current.workflow,
          model: current.model,
          cheaper: other.model,
          attempts: current.attempts,
          successShare: decimalText(current.succeeded / current.attempts),
          cheaperAttempts: other.attempts,
          cheaperSuccessShare: decimalText(other.succeeded / other.attempts),
          differenceLow: decimalText(difference.low),
          isShown: difference.low > -MARGIN,
          gapPerAttemptUsd: dividePico(gapPico, BigInt(current.attempts) * BigInt(other.attempts)) ?? '0',
        };
      }),
  );
}

const isCheaper = (a: ModelResults, b: ModelResults): boolean =>
  a !== b && a.costPico * BigInt(b.attempts) < b.costPico * BigInt(a.attempts);
