import { readFindingTotals, type Database } from '#store';
import { Gauge, type Registry } from 'prom-client';

const DAY_MS = 86_400_000;

/**
 * Shows what was found about the spans of today and yesterday (UTC) by `/metrics`, over all tenants and emitters. The
 * registry asks when it is read, so an idle worker asks the database nothing.
 */
export function countFindings(registry: Registry, db: Database, nowMs: () => number): void {
  const findings = new Gauge({
    name: 'outcome_ledger_quality_findings',
    help: 'Spans that started today or yesterday (UTC) by finding; GET /v1/data-quality says whose and what to do',
    labelNames: ['code'],
    registers: [],
    async collect() {
      const fromDay = new Date(nowMs() - DAY_MS).toISOString().slice(0, 10);
      this.reset();
      for (const [code, spans] of await readFindingTotals(db, fromDay)) this.set({ code }, spans);
    },
  });
  registry.registerMetric(findings);
}
