// Carries out approved erasures of the database in the JSON argument, as the worker does, and ends by SIGKILL at the point
// it names.
import { openDatabase, openKeyDirectory } from '#store';
import { SpanReader } from '../../dist/apps/worker/src/read-spans.js';
import { workErasures } from '../../dist/apps/worker/src/work-erasures.js';

const { connection, keyDir, point } = JSON.parse(process.argv[2]);
const db = await openDatabase(connection, { maxConnections: 2, applicationName: 'erase-and-die' });
await workErasures({
  db,
  contentKeys: openKeyDirectory(keyDir),
  spans: new SpanReader(),
  nowUs: () => BigInt(Date.now()) * 1_000n,
  backupDays: 30,
  onErasureFailure: (_, error) => {
    throw error;
  },
  onPoint: async (reached) => {
    if (reached !== point) return;
    process.kill(process.pid, 'SIGKILL');
    // The signal may take a moment; the erasure must not go on meanwhile.
    await new Promise(() => {
      setInterval(() => {}, 1_000);
    });
  },
});
await db.close();
