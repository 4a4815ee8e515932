/** Asks the API of the service with one key. */
export class ApiClient {
  constructor(
    private readonly url: string,
    private readonly key: string,
  ) {}

  /** @throws Error with the problem's text where the answer is not a success */
  get(path: string): Promise<unknown> {
    return this.call(path, {});
  }

  post(path: string, body: unknown, mediaType = 'application/json'): Promise<unknown> {
    return this.call(path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': mediaType },
    });
  }

  private async call(path: string, request: RequestInit): Promise<unknown> {
    const answer = await fetch(`${this.url}${path}`, {
      ...request,
      headers: { ...request.headers, authorization: `Bearer ${this.key}` },
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${request.method ?? 'GET'} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  }
}
