import { countOpenHalts, readBacklog, type Database } from '#store';
import { Counter, Gauge, type Registry } from 'prom-client';

/** What the worker has done and what waits for it. */
export class WorkerMetrics {
  private readonly traces: Counter;
  private readonly failures: Counter;
  private readonly facts: Counter;
  readonly backlog: Gauge;
  readonly violations: Gauge;

  constructor(registry: Registry, db: Database) {
    const registers = [registry];
    this.traces = new Counter({
      name: 'outcome_ledger_traces_worked_total',
      help: 'Claims of due traces worked off',
      registers,
    });
    this.failures = new Counter({
      name: 'outcome_ledger_work_failures_total',
      help: 'Traces and facts that could not be worked through and were put back',
      registers,
    });
    this.facts = new Counter({
      name: 'outcome_ledger_facts_worked_total',
      help: 'Facts worked through',
      registers,
    });
    const gauge = (name: string, help: string): Gauge => new Gauge({ name, help, registers });
    const dueTraces = gauge('outcome_ledger_due_traces', 'Traces due now');
    const oldestDue = gauge(
      'outcome_ledger_oldest_due_trace_seconds',
      'How long the oldest due trace has been due',
    );
    const waitingFacts = gauge(
      'outcome_ledger_waiting_facts',
      'Facts that have not made their traces due yet',
    );
    this.violations = new Gauge({
      name: 'outcome_ledger_invariant_violations',
      help: 'Broken invariants that stop the posting of a tenant and are not cleared',
      labelNames: ['tenant'],
      registers,
      async collect() {
        for (const { slug, halts } of await countOpenHalts(db)) this.set({ tenant: slug }, halts);
      },
    });
    // The registry asks a gauge for its value when it is read, so an idle worker asks the database nothing.
    this.backlog = new Gauge({
      name: 'outcome_ledger_oldest_waiting_fact_seconds',
      help: 'How long the oldest fact has waited',
      registers,
      async collect() {
        const backlog = await readBacklog(db);
        dueTraces.set(backlog.dueTraces);
        oldestDue.set(backlog.oldestDueSeconds);
        waitingFacts.set(backlog.waitingFacts);
        this.set(backlog.oldestFactSeconds);
      },
    });
  }

  worked(traces: number): void {
    this.traces.inc(traces);
  }
  workedFacts(facts: number): void {
    this.facts.inc(facts);
  }
  failed(): void {
    this.failures.inc();
  }
}
