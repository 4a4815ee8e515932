// The worker's sealer alone, in a process of its own: started and stopped by messages, each answered by one.
import { createMetrics } from '#server';
import { openDatabase } from '#store';

const { startSealer } = await import('../dist/apps/worker/src/seal.js');
let running = null;

const COMMANDS = {
  start: async ({ connection, keyDir }) => {
    const db = await openDatabase(connection, { maxConnections: 2, applicationName: 'bench-sealer' });
    const logger = { log: () => {}, error: (message, fields) => console.error(message, fields) };
    const config = { keyDir, logOrigin: 'bench.example' };
    const sealer = await startSealer({ db, config, logger, metrics: createMetrics('bench') });
    running = { sealer, db };
  },
  stop: async () => {
    await running?.sealer.stop();
    await running?.db.close();
    running = null;
  },
};

process.on('message', (message) => {
  COMMANDS[message.do](message).then(
    () => process.send({ done: message.do }),
    (error) => process.send({ failed: String(error) }),
  );
});
