import type { Schemas } from './wire-types.ts';

/** RFC 9457, as the API answers every error. */
export type Problem = Schemas['Problem'];

/** An answer that is no success, with the API's own words. */
export class ApiProblem extends Error {
  readonly problem: Pick<Problem, 'title' | 'status' | 'detail' | 'instance' | 'errors'>;

  constructor(problem: ApiProblem['problem']) {
    super(problem.detail);
    this.name = 'ApiProblem';
    this.problem = problem;
  }
}

/** The problem an answer states; one of our own words where something between us and the API answered. */
export async function readProblem(answer: Response): Promise<ApiProblem> {
  const text = await answer.text();
  try {
    const body: unknown = JSON.parse(text);
    if (isProblem(body)) return new ApiProblem(body);
  } catch {
    // no JSON: a proxy, or a process that is starting
  }
  return new ApiProblem({
    title: answer.statusText === '' ? 'Error' : answer.statusText,
    status: answer.status,
    detail: text.length > 0 && text.length < 300 ? text : `the server answered ${answer.status}`,
  });
}

const isProblem = (body: unknown): body is Problem =>
  typeof body === 'object' && body !== null && 'detail' in body && 'status' in body;
