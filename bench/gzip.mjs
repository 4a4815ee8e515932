// The same endpoint with gzip bodies, against itself with plain ones.
import { pathToFileURL } from 'node:url';
import { alternate, cpuUsPerSpan, median, startRig } from './ingest-rig.mjs';

export async function run({ short = false } = {}) {
  const rig = await startRig({ requests: short ? 120 : 600, kinds: ['plain', 'gzip'], withReference: false });
  try {
    await rig.endpoint('gzip');
    await rig.endpoint('plain');
    const { ratio, ratios, as, bs } = await alternate(
      () => rig.endpoint('gzip'),
      () => rig.endpoint('plain'),
    );
    const perSecond = (runs) => Math.round(median(runs.map((one) => one.perSecond)));
    return {
      name: 'gzip bodies vs plain bodies',
      ratio,
      floor: 0.65,
      aim: 0.85,
      details: {
        spans: rig.spans,
        plainBytesPerSpan: rig.plainBytesPerSpan,
        gzipBytesPerSpan: rig.gzipBytesPerSpan,
        gzipPerSecond: perSecond(as),
        plainPerSecond: perSecond(bs),
        cpuUsPerSpan: cpuUsPerSpan(as),
        plainCpuUsPerSpan: cpuUsPerSpan(bs),
        ratios,
      },
    };
  } finally {
    await rig.close();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  console.log(JSON.stringify(await run({ short: process.argv.includes('--short') }), null, 2));
