/** 415: the sender's media type or content encoding is not one of ours. */
export class UnsupportedMedia extends Error {
  override readonly name = 'UnsupportedMedia';
  readonly statusCode = 415;
}
