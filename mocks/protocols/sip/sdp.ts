import type { Sdp, SdpCodec, SdpMedia } from '../../../contracts/messages/sip.ts';

/** Payload types that need no `a=rtpmap` (RFC 3551, section 6), in the form of {@link SdpCodec.name}. */
const staticCodecs: Readonly<Record<number, string>> = {
  0: 'pcmu/8000',
  3: 'gsm/8000',
  4: 'g723/8000',
  8: 'pcma/8000',
  9: 'g722/8000',
  13: 'cn/8000',
  15: 'g728/8000',
  18: 'g729/8000',
};

const directions = ['sendrecv', 'sendonly', 'recvonly', 'inactive'];

/** A media section under construction; formats name the payload types in the order of preference. */
interface Section {
  media: SdpMedia;
  formats: string[];
  rtpmap: Map<string, string>;
  fmtp: Map<string, string>;
  attributes: Map<string, string[]>;
}

/** The logical form of a session description. Lines that it does not know are left out, as RFC 4566 (section 5) asks. */
export function parseSdp(text: string): Sdp {
  const sdp: Sdp = { media: [] };
  const sections: Section[] = [];
  let connection: string | undefined;
  let direction = 'sendrecv';
  for (const line of text.split(/\r?\n/)) {
    const value = line.slice(2);
    const section = sections.at(-1);
    if (line.startsWith('v=')) sdp.version = value;
    else if (line.startsWith('o=')) sdp.origin = value;
    else if (line.startsWith('s=')) sdp.session = value;
    else if (line.startsWith('t=')) sdp.timing = value;
    else if (line.startsWith('c=') && section === undefined) connection = value;
    else if (line.startsWith('c=') && section !== undefined) section.media.connection = value;
    else if (line.startsWith('m=')) sections.push(openSection(value, connection, direction));
    else if (line.startsWith('a=') && section !== undefined) takeAttribute(section, value);
    else if (line.startsWith('a=') && directions.includes(value)) direction = value;
  }
  sdp.media = sections.map(closeSection);
  return sdp;
}

function openSection(value: string, connection: string | undefined, direction: string): Section {
  const [kind = '', port = '', protocol = '', ...formats] = value.split(' ');
  const media: SdpMedia = { kind, port: Number.parseInt(port, 10), protocol, direction, codecs: [], attributes: {} };
  if (connection !== undefined) media.connection = connection;
  return { media, formats, rtpmap: new Map(), fmtp: new Map(), attributes: new Map() };
}

function takeAttribute({ media, rtpmap, fmtp, attributes }: Section, attribute: string): void {
  const [, name = '', value = ''] = /^([^:]*):?(.*)$/s.exec(attribute) ?? [];
  const [, format = '', text = ''] = /^(\S+)\s+(.*)$/.exec(value) ?? [];
  if (directions.includes(name)) media.direction = name;
  else if (name === 'rtpmap') rtpmap.set(format, text.toLowerCase());
  else if (name === 'fmtp') fmtp.set(format, text);
  else attributes.set(name, [...(attributes.get(name) ?? []), value]);
}

function closeSection({ media, formats, rtpmap, fmtp, attributes }: Section): SdpMedia {
  const codecs = formats
    .filter((format) => /^\d+$/.test(format))
    .map((format): SdpCodec => {
      const payload = Number(format);
      const parameters = fmtp.get(format);
      const name = rtpmap.get(format) ?? staticCodecs[payload] ?? 'unknown';
      return { payload, name, ...(parameters === undefined ? {} : { fmtp: parameters }) };
    });
  return { ...media, codecs, attributes: Object.fromEntries(attributes) };
}

/** The text of a session description, lines in the order of RFC 4566, section 5. */
export function renderSdp(sdp: Sdp): string {
  const head = [
    `v=${sdp.version ?? '0'}`,
    `o=${sdp.origin ?? '- 1 1 IN IP4 127.0.0.1'}`,
    `s=${sdp.session ?? '-'}`,
    `t=${sdp.timing ?? '0 0'}`,
  ];
  return [...head, ...sdp.media.flatMap(renderMedia)].map((line) => `${line}\r\n`).join('');
}

function renderMedia({ kind, port, protocol, connection, direction, codecs, attributes }: SdpMedia): string[] {
  return [
    `m=${kind} ${port} ${protocol} ${codecs.map((codec) => codec.payload).join(' ')}`,
    ...(connection === undefined ? [] : [`c=${connection}`]),
    ...codecs.flatMap(({ payload, name, fmtp }) => [
      `a=rtpmap:${payload} ${name}`,
      ...(fmtp === undefined ? [] : [`a=fmtp:${payload} ${fmtp}`]),
    ]),
    ...Object.entries(attributes ?? {}).flatMap(([name, values]) =>
      values.map((value) => (value === '' ? `a=${name}` : `a=${name}:${value}`)),
    ),
    `a=${direction}`,
  ];
}
