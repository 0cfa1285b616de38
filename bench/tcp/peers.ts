import { type Launched, startMountebank } from '../peers.ts';
import { answers, requests } from './frames.ts';

/** Starts mountebank's tcp imposter, in its binary mode as frames are no text; it is asked for one frame at a time. */
export function mountebank(): Promise<Launched> {
  const stubs = requests.map((request, at) => ({
    predicates: [{ equals: { data: base64(request) } }],
    responses: [{ is: { data: base64(answers[at] as Uint8Array) } }],
  }));
  return startMountebank('mountebank-tcp', { protocol: 'tcp', mode: 'binary', stubs });
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
