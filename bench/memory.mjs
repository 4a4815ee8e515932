// The resident memory of ingest, worker and api together, without PostgreSQL: twenty seconds after they started, and at
// most under the load of the pipeline with content (architecture: 450 MiB idle and 1 GiB under load are the floors, 300
// and 700 the aims).
import { pathToFileURL } from 'node:url';
import { startPipelineRig } from './pipeline-rig.mjs';

const FLOOR = { idleMiB: 450, loadMiB: 1024 };
const AIM = { idleMiB: 300, loadMiB: 700 };

export async function run({ short = false } = {}) {
  const rig = await startPipelineRig({
    requests: short ? 60 : 600,
    shape: 'agentRun',
    withReference: false,
  });
  try {
    const apart = await rig.pipeline({ withApi: true });
    const [idleMiB, loadMiB] = [apart.idleMiB, apart.loadMiB].map((each) =>
      each.reduce((sum, one) => sum + one, 0),
    );
    // So that more is better, as in the rest of the table: the worse of both, 1 is its floor.
    const against = (limit) => Math.min(limit.idleMiB / idleMiB, limit.loadMiB / loadMiB);
    return {
      name: 'resident memory of ingest, worker and api: limit vs used',
      ratio: against(FLOOR),
      floor: 1,
      aim: against(FLOOR) / against(AIM),
      details: {
        spans: rig.spans,
        idleMiB,
        loadMiB,
        ofIngestWorkerApi: {
          idleMiB: apart.idleMiB,
          loadMiB: apart.loadMiB,
          workerPeakMiB: apart.workerPeakMiB,
        },
        floor: FLOOR,
        aim: AIM,
      },
    };
  } finally {
    await rig.close();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  console.log(JSON.stringify(await run({ short: process.argv.includes('--short') }), null, 2));
