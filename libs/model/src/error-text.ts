/** SQLSTATE classes whose messages quote the value: data exceptions. */
const QUOTING_SQLSTATE = /^22/;
/** What the engine throws about a text it was given, and quotes it: JSON.parse, BigInt, RegExp, decodeURI. */
const QUOTING_ERRORS: readonly string[] = ['SyntaxError', 'RangeError', 'URIError'];
const CUT = '[cut]';

/**
 * What an error says, without the values it quotes: for logs and worklists, which no erasure reaches or which outlive it.
 * Our own errors name field and rule and stay as they are; what others quote (the text JSON.parse could not read, the
 * value PostgreSQL could not take) is `[cut]`.
 *
 * @param error whatever was thrown
 */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return typeof error === 'string' ? error : `a thrown ${typeof error}`;
  return quotes(error) ? withoutQuotes(error.message) : error.message;
}

/** The stack of an error; its first lines are `errorText`. */
export function errorStack(error: Error): string | undefined {
  const { stack, message } = error;
  const text = errorText(error);
  return stack === undefined || text === message ? stack : stack.replace(message, () => text);
}

function quotes(error: Error): boolean {
  if (QUOTING_ERRORS.includes(error.name)) return true;
  return (
    'severity' in error &&
    'code' in error &&
    typeof error.code === 'string' &&
    QUOTING_SQLSTATE.test(error.code)
  );
}

/** From the first quotation mark to the last: what is quoted may hold such marks itself. */
const withoutQuotes = (message: string): string =>
  message
    .replace(/["'`/].*["'`/]/s, CUT)
    .replace(/^Cannot convert .* to a BigInt$/s, `Cannot convert ${CUT} to a BigInt`);
