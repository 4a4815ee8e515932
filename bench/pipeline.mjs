// The whole way of a span: sent to the real OTLP/HTTP endpoint, until nothing is due, unposted or unsealed; against one
// \copy of the same spans (see bench/README.md). 16 spans a trace, of which 6 model calls; one work item a trace.
//   --alone    without the reference: for a look at CPU time and statements
//   --backlog  the worker is started when all spans are there: the memory that draining takes
import { pathToFileURL } from 'node:url';
import { alternate, cpuUsPerSpan, median } from './ingest-rig.mjs';
import { startPipelineRig } from './pipeline-rig.mjs';
import { referenceClient } from './reference.mjs';

export async function run({ short = false } = {}) {
  const rig = await startPipelineRig({ requests: short ? 60 : 600, withReference: true });
  try {
    const { ratio, ratios, as, bs } = await alternate(() => rig.pipeline(), rig.reference);
    const perSecond = (runs) => Math.round(median(runs.map((one) => one.perSecond)));
    return {
      name: 'whole pipeline, spans/s vs \\copy',
      ratio,
      floor: 0.2,
      aim: 0.5,
      details: {
        spans: rig.spans,
        reference: referenceClient,
        pipelinePerSecond: perSecond(as),
        referencePerSecond: perSecond(bs),
        ...workOf(as),
        referenceCpuUsPerSpan: cpuUsPerSpan(bs),
        ratios,
      },
    };
  } finally {
    await rig.close();
  }
}

/** What does not depend on who else uses the machine. 1 us a span is 1 ms a thousand spans. */
const workOf = (runs) => ({
  cpuUsPerSpan: cpuUsPerSpan(runs),
  workerQueriesPer1000Spans: median(runs.map((one) => one.queriesPer1000Spans)),
  workerPeakMiB: Math.max(...runs.map((one) => one.workerPeakMiB)),
});

async function runAlone({ requests, isBacklog }) {
  const rig = await startPipelineRig({ requests, withReference: false });
  try {
    const one = await rig.pipeline({ isBacklog });
    const quarters = [0.25, 0.5, 0.75, 1].map(
      (part) => one.resident[Math.floor((one.resident.length - 1) * part)],
    );
    return {
      spans: rig.spans,
      perSecond: Math.round(one.perSecond),
      ...workOf([one]),
      residentMiBByQuarter: quarters,
    };
  } finally {
    await rig.close();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const has = (option) => process.argv.includes(option);
  const isShort = has('--short');
  const work =
    has('--alone') || has('--backlog')
      ? runAlone({ requests: isShort ? 60 : 600, isBacklog: has('--backlog') })
      : run({ short: isShort });
  console.log(JSON.stringify(await work, null, 2));
}
