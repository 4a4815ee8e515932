// The whole way of a span: sent to the real OTLP/HTTP endpoint, until nothing is due, unposted or unsealed; against one
// \copy of the same spans (see bench/README.md). 16 spans a trace, of which 6 model calls; one work item a trace.
//   --alone              without the reference: for a look at CPU time and statements
//   --backlog            the worker is started when all spans are there: the memory that draining takes
//   --requests N         of 512 spans; 600, or 60 with --short
//   --shape NAME         agentRunWithoutContent, agentRun (with content), or recorded (all recorded runs)
// With --alone or --backlog:
//   --workers N          worker processes on the one database
//   --save               with --backlog: writes results/backlog.json
//   --profile DIRECTORY  each worker leaves a .cpuprofile of its whole life there; `node bench/profile.mjs` reads it
import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { alternate, cpuUsPerSpan, median } from './ingest-rig.mjs';
import { startPipelineRig } from './pipeline-rig.mjs';
import { referenceClient } from './reference.mjs';

/** Spans that carry what was said; reported, without a floor. */
export const runWithContent = (options) =>
  run({ ...options, name: 'the same of spans with content', shape: 'agentRun', floor: null, aim: null });

/** The recorded runs, with all that every call saw; reported, without a floor. */
export const runRecorded = (options) =>
  run({
    ...options,
    name: 'the same of recorded runs with content',
    shape: 'recorded',
    floor: null,
    aim: null,
  });

export async function run({
  short = false,
  requests = short ? 60 : 600,
  name = 'whole pipeline, spans/s vs \\copy',
  shape,
  floor = 0.2,
  aim = 0.5,
} = {}) {
  const rig = await startPipelineRig({ requests, shape, withReference: true });
  try {
    const { ratio, ratios, as, bs } = await alternate(() => rig.pipeline(), rig.reference);
    const perSecond = (runs) => Math.round(median(runs.map((one) => one.perSecond)));
    return {
      name,
      ratio,
      floor,
      aim,
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

async function runAlone({ isBacklog, ...options }) {
  const rig = await startPipelineRig({ ...options, withReference: false });
  try {
    const one = await rig.pipeline({ isBacklog });
    const quarter = Math.ceil(one.resident.length / 4);
    const quarters = [0, 1, 2, 3].map((n) => median(one.resident.slice(n * quarter, (n + 1) * quarter)));
    return {
      spans: rig.spans,
      workers: options.workers,
      perSecond: Math.round(one.perSecond),
      ...workOf([one]),
      residentMiBByQuarter: quarters,
    };
  } finally {
    await rig.close();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { values: asked } = parseArgs({
    options: {
      short: { type: 'boolean' },
      alone: { type: 'boolean' },
      backlog: { type: 'boolean' },
      requests: { type: 'string' },
      shape: { type: 'string' },
      workers: { type: 'string', default: '1' },
      profile: { type: 'string' },
      save: { type: 'boolean' },
    },
  });
  const requests = Number(asked.requests ?? (asked.short ? 60 : 600));
  const profileDir = asked.profile === undefined ? undefined : resolve(asked.profile);
  if (profileDir !== undefined) mkdirSync(profileDir, { recursive: true });
  const work =
    asked.alone || asked.backlog
      ? runAlone({
          requests,
          shape: asked.shape,
          workers: Number(asked.workers),
          profileDir,
          isBacklog: asked.backlog === true,
        })
      : run({ requests, shape: asked.shape });
  const result = `${JSON.stringify(await work, null, 2)}\n`;
  if (asked.save && asked.backlog) writeFileSync(new URL('results/backlog.json', import.meta.url), result);
  process.stdout.write(result);
}
