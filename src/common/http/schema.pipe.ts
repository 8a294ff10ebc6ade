import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { RequestInvalidException } from './request-invalid.exception.js';

/** Checks a body, query or parameter against the schema its decorator names, and hands on what the schema made of it. */
@Injectable()
export class SchemaPipe implements PipeTransform {
  async transform(value: unknown, { schema, type, data }: ArgumentMetadata): Promise<unknown> {
    if (!schema || type === 'custom') return value;
    const result = await schema['~standard'].validate(value);
    if (!result.issues) return result.value;
    throw new RequestInvalidException(
      result.issues.map(({ path = [], message }) => ({
        path: [...(data === undefined ? [] : [data]), ...path.map(segmentKey)].join('.'),
        message,
      })),
    );
  }
}

function segmentKey(segment: PropertyKey | { readonly key: PropertyKey }): string {
  return String(typeof segment === 'object' ? segment.key : segment);
}
