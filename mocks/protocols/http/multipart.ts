import type { HttpBody } from '../../../contracts/messages/http.ts';
import { isText } from '../../../contracts/messages/http-body.ts';

/** The parts of a `multipart/form-data` body, or undefined where it cannot be read (RFC 7578). */
export async function parseMultipart(contentType: string, bytes: Uint8Array): Promise<HttpBody | undefined> {
  try {
    const form = await new Response(Uint8Array.from(bytes), { headers: { 'content-type': contentType } }).formData();
    return await Promise.all([...form].map(([name, value]) => part(name, value)));
  } catch {
    return undefined;
  }
}

async function part(name: string, value: string | File): Promise<HttpBody> {
  if (typeof value === 'string') return { name, contentType: 'text/plain', body: value };
  const contentType = value.type === '' ? 'application/octet-stream' : value.type;
  const bytes = Buffer.from(await value.arrayBuffer());
  return {
    name,
    filename: value.name,
    contentType,
    body: bytes.toString(isText(contentType) ? 'utf8' : 'base64'),
  };
}
