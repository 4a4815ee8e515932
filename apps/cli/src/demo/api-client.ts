/** Asks the API of the service with one key. */
export class ApiClient {
  constructor(
    private readonly url: string,
    private readonly key: string,
  ) {}

  /** @throws Error with the problem's text where the answer is not a success */
  get(path: string): Promise<unknown> {
    return this.call('GET', path, {});
  }

  post(path: string, body: unknown, mediaType = 'application/json'): Promise<unknown> {
    return this.call('POST', path, { 'content-type': mediaType }, JSON.stringify(body));
  }

  private async call(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body: string | null = null,
  ): Promise<unknown> {
    const answer = await fetch(`${this.url}${path}`, {
      method,
      body,
      headers: { ...headers, authorization: `Bearer ${this.key}` },
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  }
}
