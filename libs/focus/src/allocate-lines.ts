import { splitExactly, type ChargeLine } from '#model';

/** What of one line sits in one place. */
export interface AllocatedLine {
  readonly amountPico: bigint;
  /** Of the line's quantity, times 10^12: a share of a call is seldom whole tokens. */
  readonly quantityPico: bigint;
}

const PICO = 1_000_000_000_000n;

/**
 * Lays the lines of a charge over the parts it was split into. Every line and every part keeps its sum: a part takes of
 * what is left of the lines in proportion, by largest remainder, so that no line is ever overdrawn and the last part
 * takes the rest.
 *
 * @param parts amounts >= 0 that sum to the lines, pico-units
 * @returns by part, then by line
 * @throws RangeError where parts and lines differ in their sum, or an amount is negative
 */
export function allocateLines(lines: readonly ChargeLine[], parts: readonly bigint[]): AllocatedLine[][] {
  const left = lines.map(({ amountPico }) => amountPico);
  const tokensLeft = lines.map(({ quantity }) => quantity * PICO);
  const total = left.reduce((sum, amount) => sum + amount, 0n);
  if (parts.reduce((sum, part) => sum + part, 0n) !== total || [...left, ...parts].some((each) => each < 0n))
    throw new RangeError('the parts of a charge are not its lines');
  return parts.map((part, place) => {
    const weights = left.map((weight, index) => ({ id: index.toString().padStart(4, '0'), weight }));
    const amounts = part === 0n ? left.map(() => 0n) : splitExactly(part, weights);
    const isLast = place === parts.length - 1;
    return lines.map(({ pricePico }, index) => {
      const amountPico = amounts[index]!;
      // What is free is shared like the rest of the call; what is priced follows its amount.
      const asPart = total === 0n ? tokensLeft[index]! : (lines[index]!.quantity * PICO * part) / total;
      const quantityPico = isLast
        ? tokensLeft[index]!
        : pricePico === 0n
          ? asPart
          : (amountPico * PICO) / pricePico;
      left[index]! -= amountPico;
      tokensLeft[index]! -= quantityPico;
      return { amountPico, quantityPico };
    });
  });
}
