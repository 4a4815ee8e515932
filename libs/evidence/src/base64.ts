/**
 * Standard base64 (RFC 4648 section 4), strictly: null for anything that would not be written back the same,
 * so that one value has one text and a changed character cannot go unnoticed.
 */
export function decodeBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}
