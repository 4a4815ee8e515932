import type { Dialect } from '../dialect.ts';
import { has, SIGN } from '../signs.ts';

/** OpenRouter Broadcast: conventions.md 3.11. Sent by the gateway, with what it charged. */
export const openRouter: Dialect = {
  id: 'openrouter',
  version: 1,
  recognises: (_span, signs) => has(signs, SIGN.openRouter),
  read(_span, reading) {
    if (reading.kind === 'other') reading.kind = 'model_call';
    reading.vantage = 'gateway';
    reading.provider = 'openrouter';
    reading.inputHint = 'inclusive';
    reading.hintBy = 'openrouter';
    if (reading.cost !== null) reading.cost = { ...reading.cost, source: 'gateway_actual' };
  },
};
