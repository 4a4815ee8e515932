/** Exact decimals as the API writes them: `-12.000034`. Never a float: a sum of these is exact. */
interface Decimal {
  readonly units: bigint;
  readonly places: number;
}

function parse(text: string): Decimal {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (match === null) throw new Error(`${text} is no decimal`);
  const [, sign, whole = '', fraction = ''] = match;
  const units = BigInt(whole + fraction);
  return { units: sign === '-' ? -units : units, places: fraction.length };
}

function write({ units, places }: Decimal): string {
  const digits = (units < 0n ? -units : units).toString().padStart(places + 1, '0');
  const sign = units < 0n ? '-' : '';
  return places === 0 ? sign + digits : `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

const scaled = ({ units, places }: Decimal, to: number): bigint => units * 10n ** BigInt(to - places);

/** The exact sum, with as many places as the term that has most; `0` of nothing. */
export function sumDecimals(terms: readonly string[]): string {
  const decimals = terms.map(parse);
  const places = Math.max(0, ...decimals.map((each) => each.places));
  return write({ units: decimals.reduce((sum, each) => sum + scaled(each, places), 0n), places });
}

/** The exact difference, with as many places as the term that has most. */
export const subtractDecimals = (a: string, b: string): string =>
  sumDecimals([a, b.startsWith('-') ? b.slice(1) : `-${b}`]);

/** An amount over a count, rounded half to even at so many places, without zeros at the end; null over 0. */
export function divideDecimal(text: string, count: number, places: number): string | null {
  if (count === 0) return null;
  const decimal = parse(text);
  const spare = Math.max(places, decimal.places);
  const [divided, divisor] = [scaled(decimal, spare), BigInt(count) * 10n ** BigInt(spare - places)];
  const [rest, whole] = [divided % divisor, divided / divisor];
  const twice = (rest < 0n ? -rest : rest) * 2n;
  const isUp = twice > divisor || (twice === divisor && whole % 2n !== 0n);
  const units = isUp ? whole + (divided < 0n ? -1n : 1n) : whole;
  const written = write({ units, places });
  return written.includes('.') ? written.replace(/\.?0+$/, '') : written;
}

/** Negative, 0 or positive, as a sort wants it. */
export function compareDecimals(a: string, b: string): number {
  const [left, right] = [parse(a), parse(b)];
  const places = Math.max(left.places, right.places);
  const difference = scaled(left, places) - scaled(right, places);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** Rounded half to even at so many places, with exactly so many. */
export function roundDecimal(text: string, places: number): string {
  const decimal = parse(text);
  if (decimal.places <= places) return write({ units: scaled(decimal, places), places });
  const divisor = 10n ** BigInt(decimal.places - places);
  const size = decimal.units < 0n ? -decimal.units : decimal.units;
  const [whole, twice] = [size / divisor, (size % divisor) * 2n];
  const rounded = twice > divisor || (twice === divisor && whole % 2n === 1n) ? whole + 1n : whole;
  return write({ units: decimal.units < 0n ? -rounded : rounded, places });
}

/** Where the first digit stands that is not 0: 1 for 0.1, 3 for 0.001; 0 for everything from 1, and for 0. */
export function leadingPlace(text: string): number {
  const { units, places } = parse(text);
  const size = (units < 0n ? -units : units).toString();
  return units === 0n ? 0 : Math.max(0, places - size.length + 1);
}

/** `1234567.5` as `1,234,567.5`. */
export const groupDigits = (text: string): string => {
  const [whole = '', fraction] = text.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
};

/** For positions on a chart only; no amount is ever computed from it. */
export const toPosition = (text: string): number => Number(text);

/** A share as a percentage: `0.9412` as `94.12`. */
export function toPercent(share: string): string {
  const { units, places } = parse(share);
  return write({ units: units * 100n, places });
}
