// Writes the table of docs/faults.md anew from results/faults.json, which `SAVE_FAULTS=1 npm run test:faults` makes.
import { readFileSync, writeFileSync } from 'node:fs';
import { withFaultTable } from './fault-table.mjs';

const page = new URL('../docs/faults.md', import.meta.url);
const records = JSON.parse(readFileSync(new URL('results/faults.json', import.meta.url), 'utf8'));
writeFileSync(page, withFaultTable(readFileSync(page, 'utf8'), records));
