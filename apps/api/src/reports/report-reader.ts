import { RejectedInput } from '#model';
import type { Client } from '#store';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import type { ReportContext } from './ask-report.ts';
import { KeptSnapshots } from './kept-snapshots.ts';
import { checkReportQuery, type AskedQuestion } from './report-query.ts';

/** Reports of requests with the same value are read from one state of the database. */
const SNAPSHOT_HEADER = 'outcome-ledger-snapshot';
/** When that state was read; answered where a name was sent. */
const SNAPSHOT_AT_HEADER = 'outcome-ledger-snapshot-at';
/** As the description of the API says it. */
export const SNAPSHOT_HEADER_OPTIONS = {
  name: 'Outcome-Ledger-Snapshot',
  required: false,
  description:
    'A name of your choice: reports that are sent the same are of one moment, as long as the API keeps it (ten seconds ' +
    'after the last use); Outcome-Ledger-Snapshot-At in the answer says of which',
} as const;
const SNAPSHOT_NAME = /^[A-Za-z0-9._-]{1,64}$/;

/** A page asks for the next report when it has drawn the last one. */
const IDLE_MS = 10_000;
const OLDEST_MS = 120_000;

/** Reads reports in one state of the database each, or in one that several share. */
@Injectable()
export class ReportReader implements OnModuleDestroy {
  private readonly snapshots: KeptSnapshots;

  constructor(@Inject(API_CONTEXT) private readonly api: ApiContext) {
    const { db, limits, nowUs } = api;
    // Each holds a connection, and those who read in it need some.
    const most = Math.max(1, Math.floor(limits.databaseConnections / 2) - 1);
    this.snapshots = new KeptSnapshots(db, { most, idleMs: IDLE_MS, oldestMs: OLDEST_MS }, nowUs);
  }

  /**
   * Makes a report in the state that the request names in its header, or in one of its own.
   *
   * @throws RejectedInput for a question without an answer, or a name that is none; what `make` throws
   */
  async read<Report>(
    tenantId: bigint,
    query: AskedQuestion,
    reply: FastifyReply,
    make: (client: Client, context: ReportContext) => Promise<Report>,
  ): Promise<Report> {
    const { limits, nowUs, version } = this.api;
    checkReportQuery(query, nowUs());
    const name = nameOf(reply);
    return this.snapshots.read(tenantId, name, (client, snapshot) => {
      const { takenAtUs } = snapshot;
      if (name !== null)
        void reply.header(SNAPSHOT_AT_HEADER, new Date(Number(takenAtUs / 1000n)).toISOString());
      return make(client, {
        tenantId,
        nowUs: takenAtUs,
        engine: version,
        maxGroupKeys: limits.groupByDimensions,
        pageSize: Math.min(query.limit ?? limits.pageSizeMaximum, limits.pageSizeMaximum),
        snapshot,
      });
    });
  }

  onModuleDestroy(): Promise<void> {
    return this.snapshots.close();
  }
}

function nameOf(reply: FastifyReply): string | null {
  const name = reply.request.headers[SNAPSHOT_HEADER];
  if (name === undefined) return null;
  if (typeof name === 'string' && SNAPSHOT_NAME.test(name)) return name;
  throw new RejectedInput('invalid', `must match ${SNAPSHOT_NAME.source}`, SNAPSHOT_HEADER);
}
