import { Busboy } from '@fastify/busboy';
import { type RawBody } from './raw-body.js';

const MAX_FIELDS = 100;

/** The text fields of a urlencoded or multipart body; of a repeated one the last. Uploaded files are ignored. */
export function readForm({ content, contentType }: RawBody): Promise<Record<string, string>> {
  return new Promise((resolve, reject) => {
    const fields: Record<string, string> = {};
    const parser = new Busboy({ headers: { 'content-type': contentType }, limits: { fields: MAX_FIELDS, files: 0 } });
    parser.on('field', (name: string, value: string) => {
      // Defined, not assigned: a field named __proto__ is a field like any other.
      Object.defineProperty(fields, name, { value, enumerable: true, configurable: true, writable: true });
    });
    parser.once('error', reject);
    parser.once('finish', () => {
      resolve(fields);
    });
    parser.end(content);
  });
}
