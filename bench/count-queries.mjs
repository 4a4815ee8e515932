// Loaded into a process by `--import`: counts the statements it sends to PostgreSQL, each one round trip, and says the
// counts by name when it is asked over IPC. Statements of the queues are counted together.
import { Client } from 'pg';

const counts = new Map();
const send = Reflect.get(Client.prototype, 'query');

Client.prototype.query = function counted(statement, ...rest) {
  const isOfQueues = this.connectionParameters.application_name === 'outcome-ledger jobs';
  const name = isOfQueues
    ? 'queues'
    : (statement?.name ?? (statement?.text ?? String(statement)).slice(0, 40));
  counts.set(name, (counts.get(name) ?? 0) + 1);
  return Reflect.apply(send, this, [statement, ...rest]);
};

process.on('message', () => process.send({ queries: Object.fromEntries(counts) }));
process.channel?.unref();
