import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '#store';
import { makeTenant, type TestTenant } from './api.ts';
import { freePort } from './free-port.ts';
import { startProcess, type RunningProcess } from './processes.ts';
import {
  expectPostedOnce,
  priceTickets,
  TicketLoad,
  untilSettled,
  type TicketTarget,
} from './ticket-load.ts';
import { until } from './until.ts';

export const APPS = ['ingest', 'worker', 'api'] as const;
export type App = (typeof APPS)[number];

const RESTARTS_AT_START = 2;

/**
 * The three processes as they are run, on fixed ports, over a database that the test may hurt; and a load of tickets that
 * tells whether anything acknowledged was lost.
 */
export class WholeService {
  private readonly running = new Map<App, RunningProcess>();
  private lastLoad: TicketLoad | null = null;
  /** Their data directory, unless OL_DATA_DIR names another; gone after `stop`. */
  readonly directory = mkdtempSync(join(tmpdir(), 'outcome-ledger-whole-'));

  private constructor(
    private readonly ports: Readonly<Record<App, number>>,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  /** @param env of all three: DATABASE_URL at least */
  static async start(env: Readonly<Record<string, string>>): Promise<WholeService> {
    const [ingest, worker, api] = [await freePort(), await freePort(), await freePort()];
    const service = new WholeService({ ingest, worker, api }, env);
    for (const app of APPS) service.startApp(app);
    try {
      await service.ready(RESTARTS_AT_START);
      return service;
    } catch (error) {
      await service.stop();
      throw error;
    }
  }

  startApp(app: App): void {
    const { ingest, worker, api } = this.ports;
    const started = startProcess(app, [], {
      env: {
        OL_OTLP_HTTP_PORT: String(ingest),
        OL_OTLP_GRPC_PORT: '0',
        OL_WORKER_PORT: String(worker),
        OL_API_PORT: String(api),
        OL_DATA_DIR: this.directory,
        OL_CLAIM_MS: '1000',
        TRACE_QUIET_MS: '0',
        ...this.env,
      },
    });
    this.running.set(app, started);
  }

  app(app: App): RunningProcess {
    return this.running.get(app)!;
  }

  url = (app: App): string => `http://127.0.0.1:${this.ports[app]}`;

  /** kill -9, and started again. */
  async killAndRestart(app: App): Promise<void> {
    this.app(app).kill('SIGKILL');
    await this.app(app).exited;
    this.startApp(app);
  }

  /** @returns status and body of /health/ready; 0 where nobody answers */
  async health(app: App): Promise<{ status: number; body: any }> {
    try {
      const answer = await fetch(`${this.url(app)}/health/ready`);
      return { status: answer.status, body: await answer.json() };
    } catch {
      return { status: 0, body: null };
    }
  }

  /**
   * @param restarts how often one that ends by itself is started again, as `up` does after a pause; what it wrote is shown
   * @throws Error with what it wrote, where one has ended once more or is not ready in time
   */
  async ready(restarts = 0): Promise<void> {
    for (const app of APPS) {
      let left = restarts;
      const isReady = async () => {
        if (this.app(app).isOver()) {
          if (left === 0) throw new Error(`${app} has ended`);
          left -= 1;
          process.stderr.write(
            `${app} ended at its start and is started again:\n${this.app(app).output()}\n`,
          );
          this.startApp(app);
        }
        return (await this.health(app)).status === 200;
      };
      try {
        await until(`${app} to be ready`, isReady, 120_000);
      } catch (error) {
        const last = JSON.stringify(await this.health(app));
        throw new Error(`${app} answers ${last} and wrote:\n${this.app(app).output()}`, { cause: error });
      }
    }
  }

  /** Everybody is the process that was started: nothing has ended by itself. */
  pids = (): number[] => APPS.map((app) => this.app(app).pid);

  /** A tenant of its own under load; the load before it ends. */
  async load(db: Database): Promise<{ tenant: TestTenant; load: TicketLoad }> {
    this.lastLoad?.abandon();
    const tenant = await makeTenant(db, `t-${randomBytes(6).toString('hex')}`);
    await priceTickets(db, tenant.tenantId);
    const key = await tenant.key(['admin']);
    this.lastLoad = new TicketLoad({ ingestUrl: () => this.url('ingest'), api: this.outcomesApi(), key });
    return { tenant, load: this.lastLoad };
  }

  /** Ends the load, waits for the worker and holds the books against what was acknowledged. */
  async expectNothingLost(db: Database, tenant: TestTenant, load: TicketLoad): Promise<void> {
    await load.progress(20);
    await load.stop();
    await untilSettled(db);
    await expectPostedOnce(db, tenant.tenantId, load.acknowledged);
  }

  async stop(): Promise<void> {
    for (const app of APPS) {
      this.app(app).kill('SIGTERM');
      await this.app(app).exited;
    }
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Over the API's own port; a refused or cut connection is status 0. */
  private outcomesApi(): TicketTarget['api'] {
    return {
      call: async (path, { key, headers = {}, body } = {}) => {
        try {
          const answer = await fetch(`${this.url('api')}${path}`, {
            method: 'POST',
            headers: { authorization: `Bearer ${key}`, ...headers },
            body: JSON.stringify(body),
          });
          await answer.arrayBuffer();
          return { status: answer.status };
        } catch {
          return { status: 0 };
        }
      },
    };
  }
}
