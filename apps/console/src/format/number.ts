import { compareDecimals, groupDigits, roundDecimal, toPercent } from './decimal.ts';

/** `12,345`; a dash where there is none. */
export const showCount = (count: number | string | null | undefined): string =>
  count === null || count === undefined ? '–' : groupDigits(String(count));

/** A share the API writes as a decimal, `0.9412`, as `94.1 %`; only 1 reads as 100 %, only 0 as 0 %. */
export function showShare(share: string | null | undefined): string {
  if (share === null || share === undefined) return '–';
  if (compareDecimals(share, '0') === 0) return '0 %';
  if (compareDecimals(share, '1') === 0) return '100 %';
  const percent = roundDecimal(toPercent(share), 1);
  if (percent === '100.0') return compareDecimals(share, '1') < 0 ? '> 99.9 %' : '100.0 %';
  if (percent === '0.0' || percent === '-0.0') return '< 0.1 %';
  return `${percent} %`;
}
