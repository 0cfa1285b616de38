import { destination, type Step, source } from '../contract.ts';
import { bind, bound, integer, type Matcher, string, type Template, values } from '../matchers.ts';
import type { TcpMessage, TcpValue } from '../messages/tcp.ts';

/** The attributes of a message. */
export type Attributes = { readonly [name: string]: Template<TcpValue> };

export type StepOptions = Omit<Step, 'from' | 'content'>;

const named = (id: number) => `request ${id}`;

/** The reference id that a request has chosen. @param id by which the steps of one request find each other; also the example */
export const referenceOf = (id: number): Matcher<number> => bound(named(id), id);

/** A request under a reference id of the source's own choice. */
export const request = (id: number, name: string, attributes: Attributes, options: StepOptions = {}) =>
  source<TcpMessage>({ name, referenceId: bind(named(id), integer(id)), attributes }, options);

/** What comes under the reference id of a request. */
export const answer = (
  id: number,
  name: Template<string>,
  attributes: Attributes,
  options: StepOptions = {},
): Step<TcpMessage> => destination<TcpMessage>({ name, referenceId: referenceOf(id), attributes }, options);

/** What comes without having been asked for. */
export const event = (name: Template<string>, attributes: Attributes, options: StepOptions = {}) =>
  destination<TcpMessage>({ name, attributes }, options);

type Texts = { readonly [name: string]: string };

/** A key-value list of texts, of any length and with any keys. */
export const texts = (example: Texts): Matcher<Texts> =>
  values<Texts>(Object.fromEntries(Object.entries(example).map(([name, text]) => [name, string(text)])));
