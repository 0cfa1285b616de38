/** One request and its answer, in no mock's own language. Everything that it names must be equal. */
export interface Stub {
  name: string;
  method: 'GET' | 'POST';
  path: string;
  query: { region: string; page: string };
  headers: { 'x-tenant': string };
  /** `$.customer.tier` of the request's body. */
  tier?: string;
  /** JSON text of the answer; no two stubs have the same. */
  answer: string;
}

/** A request as it is sent; `right` is what the answer must be, absent where no stub fits. */
export interface Probe {
  name: string;
  method: 'GET' | 'POST';
  target: string;
  headers: Record<string, string>;
  body?: string;
  right?: string;
}

const query = { region: 'eu', page: '2' };
const headers = { 'x-tenant': 'main' };
const search = `?${new URLSearchParams(query)}`;
const orders = '/shop/v1/orders';
const tiers = ['basic', 'bronze', 'silver', 'gold', 'ruby', 'pearl', 'platinum'];

function stub(name: string, part: Pick<Stub, 'method' | 'path' | 'tier'>): Stub {
  return { name, query, headers, answer: JSON.stringify({ stub: name, state: 'accepted', items: [1, 2, 3] }), ...part };
}

/**
 * As many stubs as asked for: GET of many paths, then seven POST to one path that differ in one field of their bodies.
 * The two that are asked for stand last.
 */
export function stubs(count: number): Stub[] {
  const posts = tiers.map((tier) => stub(`order by ${tier}`, { method: 'POST', path: orders, tier }));
  const others = Array.from({ length: count - posts.length - 1 }, (_, at) =>
    stub(`read part ${at}`, { method: 'GET', path: `/shop/v1/parts/${at}` }),
  );
  return [...others, ...posts.slice(0, -1), stub('read orders', { method: 'GET', path: orders }), ...posts.slice(-1)];
}

/** The body of a POST. */
export function orderBody(tier: string): {
  customer: { id: string; tier: string };
  lines: { sku: string; count: number }[];
} {
  return { customer: { id: 'c-17', tier }, lines: [{ sku: 'a-1', count: 2 }] };
}

const answers = new Map(stubs(tiers.length + 1).map(({ name, answer }) => [name, answer]));
const post = { method: 'POST' as const, target: orders + search };
const postHeaders = { ...headers, 'content-type': 'application/json' };

/** What is asked for under load. */
export const hits: readonly (Probe & { right: string })[] = [
  { name: 'GET', method: 'GET', target: orders + search, headers, right: answers.get('read orders') ?? '' },
  {
    name: 'POST',
    ...post,
    headers: postHeaders,
    body: JSON.stringify(orderBody('platinum')),
    right: answers.get('order by platinum') ?? '',
  },
];

/** What a mock must not take for one of the stubs. */
export const misses: readonly Probe[] = [
  { name: 'GET with another query', method: 'GET', target: `${orders}?region=us&page=2`, headers },
  { name: 'GET with another header', method: 'GET', target: orders + search, headers: { 'x-tenant': 'other' } },
  { name: 'POST of an unknown tier', ...post, headers: postHeaders, body: JSON.stringify(orderBody('none')) },
];
