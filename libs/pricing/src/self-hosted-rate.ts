import { roundHalfEven, type Usage } from '#model';
import { z } from 'zod';
import { plainRow, type DraftRow } from './import/imported-prices.ts';
import { priceOfClass } from './class-price.ts';
import { PRICE_CLASSES } from './price-row.ts';

const decimal = z.string().regex(/^\d{1,15}(\.\d{1,12})?$/, 'a decimal number of zero or more');
const positive = decimal.refine((text) => /[1-9]/.test(text), 'must be more than zero');

/**
 * What running a model oneself costs, and how fast it was measured to be. Decimal text throughout; money in the
 * currency of `asset`. Either rented, or bought and written off in a straight line, or (both parts) mixed.
 */
export const selfHostedInputsSchema = z
  .strictObject({
    provider: z.string().min(1).max(100),
    model: z.string().min(1).max(512),
    validFrom: z.iso.datetime({ precision: 0 }).nullable(),
    validTo: z.iso.datetime({ precision: 0 }).nullable(),
    currency: z.string().regex(/^[A-Z]{3}$/),
    accelerators: positive,
    rentPerAcceleratorHour: decimal,
    purchasePricePerAccelerator: decimal,
    residualValuePerAccelerator: decimal,
    amortisationMonths: positive,
    powerWattsPerAccelerator: decimal,
    /** Power usage effectiveness: power of the building per power of the machines, 1 or more. */
    powerUsageEffectiveness: positive,
    electricityPerKilowattHour: decimal,
    facilityPerMonth: decimal,
    operationsPerMonth: decimal,
    /** Share of the hours that can do work at all; 0.80 to 0.85 is usual (Kaplan and Anderson). */
    practicalCapacity: positive,
    /** Of the whole installation, when it does nothing else. */
    inputTokensPerSecond: positive,
    outputTokensPerSecond: positive,
  })
  .refine((inputs) => isAtMost(fractionOf(inputs.practicalCapacity), ONE), {
    message: 'practicalCapacity is a share of at most 1',
    path: ['practicalCapacity'],
  })
  .refine((inputs) => isAtMost(ONE, fractionOf(inputs.powerUsageEffectiveness)), {
    message: 'powerUsageEffectiveness is 1 or more',
    path: ['powerUsageEffectiveness'],
  })
  .refine(
    (inputs) =>
      isAtMost(
        fractionOf(inputs.residualValuePerAccelerator),
        fractionOf(inputs.purchasePricePerAccelerator),
      ),
    {
      message: 'residualValuePerAccelerator is at most the purchase price',
      path: ['residualValuePerAccelerator'],
    },
  );
export type SelfHostedInputs = z.infer<typeof selfHostedInputsSchema>;

/** Capacity that was paid for, and how much of it usage bore. All in pico-units of the row's asset. */
export interface CapacityCost {
  readonly paidPico: bigint;
  readonly usedPico: bigint;
  /** Never inside a cost per outcome: a line of its own. Negative where more was done than practical capacity. */
  readonly idlePico: bigint;
}

/** An exact ratio; the denominator is positive. */
interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

const FORMULA = 'self-hosted-rate@1';
const PICO = 1_000_000_000_000n;
const ONE: Fraction = { numerator: 1n, denominator: 1n };
/** 8,760 hours of a year / 12. */
const HOURS_PER_MONTH: Fraction = { numerator: 730n, denominator: 1n };
const SECONDS_PER_HOUR: Fraction = { numerator: 3_600n, denominator: 1n };
const WATTS_PER_KILOWATT: Fraction = { numerator: 1_000n, denominator: 1n };

/**
 * Makes the price row of a self-hosted model: time-driven costing (methods 2.7). An hour costs rent, amortisation,
 * electricity and the hour's share of facility and operations; a token takes the time that the measured
 * throughput says; its price is its share of the practical hours. Exact until the price is made, which is rounded
 * half-even to a whole pico-unit. The row keeps its inputs: a change of any of them is a new dated row.
 *
 * @param inputs valid by `selfHostedInputsSchema`
 */
export function selfHostedRate(inputs: SelfHostedInputs): DraftRow {
  const practicalHour = divide(costPerHour(inputs), fractionOf(inputs.practicalCapacity));
  const pricePer = (tokensPerSecond: string) =>
    toPico(divide(practicalHour, multiply(fractionOf(tokensPerSecond), SECONDS_PER_HOUR))).toString();
  const prices = {
    in_uncached: pricePer(inputs.inputTokensPerSecond),
    out_text: pricePer(inputs.outputTokensPerSecond),
  };
  const { provider, model, validFrom, validTo, currency, ...stored } = inputs;
  return {
    ...plainRow(provider, model, prices),
    validFrom,
    validTo,
    asset: `${currency}/12`,
    inputs: { formula: FORMULA, ...stored },
  };
}

/**
 * Sets what an installation cost over some hours against what its usage was charged by the row.
 *
 * @param hours decimal text
 * @throws RangeError where the usage has a class that the row does not price
 */
export function capacityCost(inputs: SelfHostedInputs, hours: string, used: Usage): CapacityCost {
  const { prices } = selfHostedRate(inputs);
  const table = Object.fromEntries(Object.entries(prices).map(([key, text]) => [key, BigInt(text ?? 0)]));
  const quantities = new Map<string, bigint>([...Object.entries(used.tokens), ...Object.entries(used.units)]);
  let usedPico = 0n;
  for (const priceClass of PRICE_CLASSES) {
    const quantity = quantities.get(priceClass) ?? 0n;
    if (quantity === 0n) continue;
    const price = priceOfClass([table], priceClass);
    if (price === null) throw new RangeError(`a self-hosted rate has no price for ${priceClass}`);
    usedPico += quantity * price.pricePico;
  }
  const paidPico = toPico(multiply(costPerHour(inputs), fractionOf(hours)));
  return { paidPico, usedPico, idlePico: paidPico - usedPico };
}

function costPerHour(inputs: SelfHostedInputs): Fraction {
  const accelerators = fractionOf(inputs.accelerators);
  const writtenOff = subtract(
    fractionOf(inputs.purchasePricePerAccelerator),
    fractionOf(inputs.residualValuePerAccelerator),
  );
  const amortisation = divide(writtenOff, multiply(fractionOf(inputs.amortisationMonths), HOURS_PER_MONTH));
  const kilowatts = divide(fractionOf(inputs.powerWattsPerAccelerator), WATTS_PER_KILOWATT);
  const power = multiply(kilowatts, fractionOf(inputs.powerUsageEffectiveness));
  const electricity = multiply(power, fractionOf(inputs.electricityPerKilowattHour));
  const perAccelerator = add(add(fractionOf(inputs.rentPerAcceleratorHour), amortisation), electricity);
  const monthly = add(fractionOf(inputs.facilityPerMonth), fractionOf(inputs.operationsPerMonth));
  return add(multiply(accelerators, perAccelerator), divide(monthly, HOURS_PER_MONTH));
}

function fractionOf(text: string): Fraction {
  const [whole = '0', fraction = ''] = text.split('.');
  return { numerator: BigInt(whole + fraction), denominator: 10n ** BigInt(fraction.length) };
}

const add = (a: Fraction, b: Fraction): Fraction => ({
  numerator: a.numerator * b.denominator + b.numerator * a.denominator,
  denominator: a.denominator * b.denominator,
});
const subtract = (a: Fraction, b: Fraction): Fraction => add(a, { ...b, numerator: -b.numerator });
const multiply = (a: Fraction, b: Fraction): Fraction => ({
  numerator: a.numerator * b.numerator,
  denominator: a.denominator * b.denominator,
});
const divide = (a: Fraction, b: Fraction): Fraction => ({
  numerator: a.numerator * b.denominator,
  denominator: a.denominator * b.numerator,
});
const isAtMost = (a: Fraction, b: Fraction): boolean =>
  a.numerator * b.denominator <= b.numerator * a.denominator;
const toPico = (amount: Fraction): bigint => roundHalfEven(amount.numerator * PICO, amount.denominator);
