// Whether sealing keeps up with ingest: acknowledged spans per second through the real endpoint with the sealer running,
// against the same without it; and how old the oldest leaf that waited for the sealer got meanwhile.
import { fork } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { alternate, cpuUsPerSpan, median, startRig } from './ingest-rig.mjs';
import { ask } from './processes.mjs';

const LOOK_MS = 100;
/** The oldest leaf that waits may be so old. */
const OLDEST_MS = 5_000;

export async function run({ short = false } = {}) {
  const rig = await startRig({ requests: short ? 120 : 600, kinds: ['plain'], withReference: false });
  const sealer = { process: fork(new URL('sealer.mjs', import.meta.url)) };
  try {
    const keyDir = join(rig.directory, 'keys');
    mkdirSync(keyDir);
    const oldestMs = [];
    const sealed = async () => {
      await ask(sealer, { do: 'start', connection: rig.connection, keyDir });
      const watch = watchOldest(rig.db);
      const result = await rig.endpoint('plain');
      await untilNothingWaits(rig.db);
      oldestMs.push(await watch.stop());
      await ask(sealer, { do: 'stop' });
      return result;
    };
    await rig.endpoint('plain'); // warms up the code
    const { ratio, ratios, as, bs } = await alternate(sealed, () => rig.endpoint('plain'));
    const perSecond = (runs) => Math.round(median(runs.map((one) => one.perSecond)));
    const oldest = Math.max(...oldestMs);
    if (oldest >= OLDEST_MS) console.error(`sealing: a leaf waited for ${oldest} ms, over ${OLDEST_MS}`);
    return {
      name: 'acknowledged spans/s with the sealer running vs without',
      ratio,
      floor: 0.9,
      aim: 0.97,
      details: {
        spans: rig.spans,
        sealedPerSecond: perSecond(as),
        unsealedPerSecond: perSecond(bs),
        oldestUnsealedMs: oldest,
        oldestUnsealedFloorMs: OLDEST_MS,
        cpuUsPerSpan: cpuUsPerSpan(as),
        cpuUsPerSpanWithout: cpuUsPerSpan(bs),
        ratios,
      },
    };
  } finally {
    sealer.process.disconnect();
    await rig.close();
  }
}

/**
 * Looks at the inbox again and again; `stop` gives the greatest age seen, in milliseconds, of what came since: a run
 * without the sealer has left leaves behind.
 */
function watchOldest(db) {
  const stopping = new AbortController();
  const since = new Date();
  const watching = (async () => {
    let oldest = 0;
    while (!stopping.signal.aborted) {
      const { rows } = await db.query(
        `SELECT coalesce(extract(epoch FROM clock_timestamp() - min(recorded_at)) * 1000, 0)::float8 AS age
           FROM evidence_inbox WHERE recorded_at >= $1`,
        [since],
      );
      oldest = Math.max(oldest, rows[0].age);
      await sleep(LOOK_MS);
    }
    return Math.round(oldest);
  })();
  return {
    stop: () => {
      stopping.abort();
      return watching;
    },
  };
}

async function untilNothingWaits(db) {
  for (;;) {
    const { rows } = await db.query('SELECT EXISTS (SELECT FROM evidence_inbox) AS waits');
    if (!rows[0].waits) return;
    await sleep(LOOK_MS);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  console.log(JSON.stringify(await run({ short: process.argv.includes('--short') }), null, 2));
