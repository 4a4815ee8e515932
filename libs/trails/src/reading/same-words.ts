const WORDS_TOGETHER = 8;
const SHORTEST = 12;

/** Text as words, so that spaces, case and punctuation make no difference. */
export const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');

/** Runs of eight words; of a shorter text the whole, unless it is too short to tell anything. */
export function runsOf(text: string): Set<string> {
  const words = wordsOf(text);
  if (words.length <= WORDS_TOGETHER) {
    const whole = words.join(' ');
    return new Set(whole.length < SHORTEST ? [] : [whole]);
  }
  const runs = new Set<string>();
  for (let at = 0; at + WORDS_TOGETHER <= words.length; at += 1)
    runs.add(words.slice(at, at + WORDS_TOGETHER).join(' '));
  return runs;
}

/** Whether a text quotes another: one of its runs of words stands in it. */
export function quotes(text: string, runs: ReadonlySet<string>): boolean {
  if (runs.size === 0) return false;
  const words = ` ${wordsOf(text).join(' ')} `;
  for (const run of runs) if (words.includes(` ${run} `)) return true;
  return false;
}

/** Whether an id stands in a text as a word of its own; ids of under 4 characters tell nothing. */
export function names(text: string, id: string): boolean {
  if (id.length < 4) return false;
  for (let at = text.indexOf(id); at >= 0; at = text.indexOf(id, at + 1))
    if (!isWordCharacter(text[at - 1]) && !isWordCharacter(text[at + id.length])) return true;
  return false;
}

const isWordCharacter = (character: string | undefined): boolean =>
  character !== undefined && /[\p{L}\p{N}_]/u.test(character);
