import type { Json } from '../matchers.ts';
import { askedFor, type Schema } from './schema.ts';

/**
 * One schema for what several interactions have at one place: it fits what fits any of theirs. Not `oneOf`, since the schemas of
 * two interactions may both fit one message.
 */
export function anyOf(schemas: readonly Schema[]): Schema {
  const different = [
    ...new Map(schemas.toReversed().map((schema) => [askedFor(schema), schema])).values(),
  ].toReversed();
  const constants = different.filter(isConstant);
  const others = different.filter((schema) => !isConstant(schema));
  const alternatives =
    constants.length < 2 ? different : [{ enum: constants.map(({ const: value }) => value) }, ...others];
  const [only] = alternatives;
  return alternatives.length === 1 && only !== undefined ? only : { anyOf: alternatives };
}

function isConstant(schema: Schema): schema is { const: Json } {
  return 'const' in schema && Object.keys(schema).length === 1;
}
