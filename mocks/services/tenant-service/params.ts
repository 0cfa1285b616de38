import type { ProviderState } from '../../../contracts/contract.ts';

type Params = ProviderState['params'];

/** A state's parameter that is a number from 0 up. @throws when it is not */
export function count(params: Params, name: string): number {
  const value = params[name];
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  throw new Error(`the state's parameter ${name} must be a number from 0 up, not ${JSON.stringify(value)}`);
}

/** A state's parameter that is text. @throws when it is not */
export function text(params: Params, name: string): string {
  const value = params[name];
  if (typeof value === 'string') return value;
  throw new Error(`the state's parameter ${name} must be text, not ${JSON.stringify(value)}`);
}

/** A state's parameter that is one of a few words. @throws when it is not */
export function oneOf<Word extends string>(params: Params, name: string, words: readonly Word[]): Word {
  const value = text(params, name);
  const found = words.find((each) => each === value);
  if (found !== undefined) return found;
  throw new Error(`the state's parameter ${name} must be one of ${words.join(', ')}, not "${value}"`);
}
