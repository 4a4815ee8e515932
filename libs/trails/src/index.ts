/** Steps -> trail. So far: the step record, the form in which a step is stored, hashed and read back. Pure. */
export { parseStep, stepRecord } from './step-record.ts';
