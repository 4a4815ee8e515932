// Acknowledged, durable, exactly-once spans per second through the real OTLP/HTTP endpoint, against one \copy of the
// same spans in text form with attributes as jsonb (see bench/README.md).
import { pathToFileURL } from 'node:url';
import { alternate, cpuUsPerSpan, median, startRig } from './ingest-rig.mjs';
import { referenceClient } from './reference.mjs';

export async function run({ short = false } = {}) {
  const rig = await startRig({ requests: short ? 120 : 600, kinds: ['plain'], withReference: true });
  try {
    await rig.endpoint('plain'); // warms up the code; the reference's is in C
    const { ratio, ratios, as, bs } = await alternate(() => rig.endpoint('plain'), rig.reference);
    const perSecond = (runs) => Math.round(median(runs.map((one) => one.perSecond)));
    return {
      name: 'acknowledged spans/s over OTLP/HTTP vs \\copy',
      ratio,
      floor: 2.0,
      aim: 2.5,
      details: {
        spans: rig.spans,
        bytesPerSpan: rig.plainBytesPerSpan,
        reference: referenceClient,
        endpointPerSecond: perSecond(as),
        referencePerSecond: perSecond(bs),
        p50Ms: Math.round(median(as.map((one) => one.p50))),
        p99Ms: Math.round(median(as.map((one) => one.p99))),
        cpuUsPerSpan: cpuUsPerSpan(as),
        referenceCpuUsPerSpan: cpuUsPerSpan(bs),
        ratios,
      },
    };
  } finally {
    await rig.close();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  console.log(JSON.stringify(await run({ short: process.argv.includes('--short') }), null, 2));
