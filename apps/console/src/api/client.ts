import { addressOf, type PathValues, type QueryValues } from './address.ts';
import { readProblem } from './problem.ts';
import { ReadBurst } from './read-burst.ts';
import type { Deletes, Gets, Posts } from './wire-types.ts';

/** What an operation takes: path values and query where it has any. */
export type Question<Operation extends { path: object; query: object }> =
  (keyof Operation['path'] extends never
    ? { readonly path?: undefined }
    : { readonly path: Operation['path'] }) & { readonly query?: Partial<Operation['query']> };

/** The JSON answer of a report that may also be a file. */
export type Answer<Operation extends { answer: unknown }> = Operation['answer'];

export type GetPath = keyof Gets;

/** What is read from the state of the database that a request names. */
const OF_ONE_STATE = /^\/v1\/(reports\/|explain)/;

/**
 * Asks the API with one key, which goes into the header and nowhere else.
 * Every method throws ApiProblem for an answer that is no success, and TypeError where nobody answers.
 */
export class ApiClient {
  private readonly key: string;
  private readonly burst = new ReadBurst();

  constructor(key: string) {
    this.key = key;
  }

  async get<Path extends GetPath>(
    path: Path,
    question: Question<Gets[Path]>,
    signal?: AbortSignal,
  ): Promise<Answer<Gets[Path]>> {
    const get = async (headers: Readonly<Record<string, string>>) => {
      const answer = await this.send('GET', path, question, { signal: signal ?? null, headers });
      return answer.json();
    };
    if (!OF_ONE_STATE.test(path)) return get({});
    return this.burst.run((name) => get({ 'outcome-ledger-snapshot': name }));
  }

  async post<Path extends keyof Posts>(
    path: Path,
    question: Question<Posts[Path]>,
    body: Posts[Path] extends { body: infer Body } ? Body : unknown,
  ): Promise<Answer<Posts[Path]>> {
    // What takes no body is refused with an empty one of JSON.
    const init =
      body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const answer = await this.send('POST', path, question, init);
    return answer.json();
  }

  /** Sends a file as it is. */
  async postFile<Path extends keyof Posts>(
    path: Path,
    question: Question<Posts[Path]>,
    file: Blob | null,
  ): Promise<Answer<Posts[Path]>> {
    const answer = await this.send('POST', path, question, {
      body: file,
      headers: file === null ? {} : { 'content-type': 'application/octet-stream' },
    });
    return answer.json();
  }

  async delete<Path extends keyof Deletes>(path: Path, question: Question<Deletes[Path]>): Promise<void> {
    await this.send('DELETE', path, question, {});
  }

  /** An answer as its bytes: a report as a file, a bundle, a tile of the log. */
  async bytes(path: GetPath, question: { path?: PathValues; query?: QueryValues }): Promise<Blob> {
    const answer = await this.send('GET', path, question, {});
    return answer.blob();
  }

  private async send(
    method: string,
    path: string,
    question: { readonly path?: object | undefined; readonly query?: object | undefined },
    init: Omit<RequestInit, 'headers'> & { readonly headers?: Readonly<Record<string, string>> },
  ): Promise<Response> {
    const answer = await fetch(addressOf(path, { ...question.path }, { ...question.query }), {
      ...init,
      method,
      headers: { ...init.headers, accept: 'application/json', authorization: `Bearer ${this.key}` },
      cache: 'no-store',
      credentials: 'omit',
    });
    if (method !== 'GET') this.burst.end();
    if (!answer.ok) throw await readProblem(answer);
    return answer;
  }
}
