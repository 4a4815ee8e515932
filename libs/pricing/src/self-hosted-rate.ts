import { RejectedInput } from '#model';
import { add, divide, fractionOf, multiply, toDecimal, toPico, whole, type Fraction } from './fraction.ts';
import { plainRow, type DraftRow } from './import/imported-prices.ts';
import { canonicalProvider, OWN_RUNTIMES } from './provider-identity.ts';
import type { PriceClass, PriceRow, PriceTable } from './price-row.ts';
import {
  selfHostedInputsSchema,
  writtenOffPerAccelerator,
  type SelfHostedInputs,
} from './self-hosted-inputs.ts';

const FORMULA = 'self-hosted-rate@1';
/** Of a year of 365 days. */
const DAYS_PER_MONTH = divide(whole(365n), whole(12n));
const SECONDS_PER_HOUR = whole(3_600n);
const WATTS_PER_KILOWATT = whole(1_000n);

/** One line of how a rate comes about. */
export interface RateStep {
  readonly name: string;
  readonly formula: string;
  /** The formula with the numbers of this rate. */
  readonly numbers: string;
  /** Decimal text; exact where 12 places hold it, else rounded half-even for showing. */
  readonly value: string;
}

/**
 * Makes the price row of a self-hosted model: time-driven costing (methods 2.7). An hour costs rent, amortisation,
 * electricity and the hour's share of facility and operations; a token takes the time that the measured
 * throughput says; its price is its share of the practical hours. Exact until the price is made, which is rounded
 * half-even to a whole pico-unit. The row keeps its inputs: a change of any of them is a new dated row.
 *
 * @param inputs valid by `selfHostedInputsSchema`
 * @throws RejectedInput where a price is beyond what a row can hold
 */
export function selfHostedRate(inputs: SelfHostedInputs): DraftRow {
  const prices: PriceTable = {};
  for (const { priceClass, tokensPerSecond } of speedsOf(inputs)) {
    const pico = toPico(pricePer(tokensPerSecond, inputs)).toString();
    if (pico.length > 18)
      throw new RejectedInput('invalid', 'a token would cost more than a price can hold', 'model');
    prices[priceClass] = pico;
  }
  const { provider, model, validFrom, validTo, currency, ...numbers } = inputs;
  const stored = Object.entries(numbers).filter((entry): entry is [string, string] => entry[1] !== null);
  const by = canonicalProvider(provider) ?? provider.toLowerCase();
  return {
    ...plainRow(by, model, prices),
    resellers: by === 'self-hosted' ? [...OWN_RUNTIMES] : [],
    validFrom,
    validTo,
    asset: `${currency}/12`,
    inputs: { formula: FORMULA, ...Object.fromEntries(stored) },
  };
}

/** @returns what a row was made from; null for a row that is no self-hosted rate */
export function inputsOfRate(row: PriceRow): SelfHostedInputs | null {
  const { formula, ...numbers } = row.inputs;
  if (formula !== FORMULA) return null;
  const { provider, model, validFrom, validTo, asset } = row;
  const currency = asset.split('/')[0];
  return selfHostedInputsSchema.parse({ provider, model, validFrom, validTo, currency, ...numbers });
}

/** What an hour in which the installation is up costs, used or not. Exact. */
export function costPerHour(inputs: SelfHostedInputs): Fraction {
  const { accelerators, shared } = hourlyParts(inputs);
  return add(accelerators, shared);
}

/** Hours that are paid for in a stretch of time. Exact. */
export function paidHours(inputs: SelfHostedInputs, durationNs: bigint): Fraction {
  const hours: Fraction = { numerator: durationNs, denominator: 3_600_000_000_000n };
  return divide(multiply(hours, fractionOf(inputs.hoursPerDay)), whole(24n));
}

/** Shows the formula with its numbers, from the inputs to the price of a token. */
export function explainRate(inputs: SelfHostedInputs): RateStep[] {
  const i = inputs;
  const parts = hourlyParts(inputs);
  const total = add(parts.accelerators, parts.shared);
  const practical = divide(total, fractionOf(i.practicalCapacity));
  const step = (name: string, formula: string, numbers: string, value: Fraction): RateStep => ({
    name,
    formula,
    numbers,
    value: toDecimal(value),
  });
  return [
    step('hoursPerMonth', 'hoursPerDay x 365 / 12', `${i.hoursPerDay} x 365 / 12`, hoursPerMonth(inputs)),
    step(
      'amortisationPerAcceleratorHour',
      '(purchasePricePerAccelerator - residualValuePerAccelerator) / (amortisationMonths x hoursPerMonth)',
      `(${i.purchasePricePerAccelerator} - ${i.residualValuePerAccelerator}) / (${i.amortisationMonths} x ${toDecimal(hoursPerMonth(inputs))})`,
      parts.amortisation,
    ),
    step(
      'electricityPerAcceleratorHour',
      'powerWattsPerAccelerator / 1000 x powerUsageEffectiveness x electricityPerKilowattHour',
      `${i.powerWattsPerAccelerator} / 1000 x ${i.powerUsageEffectiveness} x ${i.electricityPerKilowattHour}`,
      parts.electricity,
    ),
    step(
      'acceleratorsPerHour',
      'accelerators x (rentPerAcceleratorHour + amortisationPerAcceleratorHour + electricityPerAcceleratorHour)',
      `${i.accelerators} x (${i.rentPerAcceleratorHour} + ${toDecimal(parts.amortisation)} + ${toDecimal(parts.electricity)})`,
      parts.accelerators,
    ),
    step(
      'sharedPerHour',
      '(facilityPerMonth + operationsPerMonth) / hoursPerMonth',
      `(${i.facilityPerMonth} + ${i.operationsPerMonth}) / ${toDecimal(hoursPerMonth(inputs))}`,
      parts.shared,
    ),
    step(
      'costPerHour',
      'acceleratorsPerHour + sharedPerHour',
      `${toDecimal(parts.accelerators)} + ${toDecimal(parts.shared)}`,
      total,
    ),
    step(
      'costPerPracticalHour',
      'costPerHour / practicalCapacity',
      `${toDecimal(total)} / ${i.practicalCapacity}`,
      practical,
    ),
    ...speedsOf(inputs).map(({ priceClass, field, tokensPerSecond }) =>
      step(
        priceClass,
        `costPerPracticalHour / 3600 / ${field}`,
        `${toDecimal(practical)} / 3600 / ${tokensPerSecond}`,
        pricePer(tokensPerSecond, inputs),
      ),
    ),
  ];
}

interface Speed {
  readonly priceClass: PriceClass;
  readonly field: string;
  readonly tokensPerSecond: string;
}

function speedsOf(inputs: SelfHostedInputs): Speed[] {
  const fields = [
    ['in_uncached', 'inputTokensPerSecond'],
    ['cache_read', 'cacheReadTokensPerSecond'],
    ['out_text', 'outputTokensPerSecond'],
  ] as const;
  return fields.flatMap(([priceClass, field]) => {
    const tokensPerSecond = inputs[field];
    return tokensPerSecond === null ? [] : [{ priceClass, field, tokensPerSecond }];
  });
}

function pricePer(tokensPerSecond: string, inputs: SelfHostedInputs): Fraction {
  const practicalHour = divide(costPerHour(inputs), fractionOf(inputs.practicalCapacity));
  return divide(practicalHour, multiply(fractionOf(tokensPerSecond), SECONDS_PER_HOUR));
}

const hoursPerMonth = (inputs: SelfHostedInputs): Fraction =>
  multiply(fractionOf(inputs.hoursPerDay), DAYS_PER_MONTH);

interface HourlyParts {
  readonly amortisation: Fraction;
  readonly electricity: Fraction;
  readonly accelerators: Fraction;
  readonly shared: Fraction;
}

function hourlyParts(inputs: SelfHostedInputs): HourlyParts {
  const months = fractionOf(inputs.amortisationMonths);
  const amortisation = divide(writtenOffPerAccelerator(inputs), multiply(months, hoursPerMonth(inputs)));
  const kilowatts = divide(fractionOf(inputs.powerWattsPerAccelerator), WATTS_PER_KILOWATT);
  const power = multiply(kilowatts, fractionOf(inputs.powerUsageEffectiveness));
  const electricity = multiply(power, fractionOf(inputs.electricityPerKilowattHour));
  const each = add(add(fractionOf(inputs.rentPerAcceleratorHour), amortisation), electricity);
  const monthly = add(fractionOf(inputs.facilityPerMonth), fractionOf(inputs.operationsPerMonth));
  return {
    amortisation,
    electricity,
    accelerators: multiply(fractionOf(inputs.accelerators), each),
    shared: divide(monthly, hoursPerMonth(inputs)),
  };
}
