/**
 * The Voice Microservices architecture as its guide prints it: 28 systems and the 60 rows of the connections table.
 * Source: Voice Microservices Private Edition Guide, "Architecture", connections table.
 */

/** The systems that the table names, in the order of their first appearance. */
export const systems = [
  'CX Contact',
  'Tenant Service',
  'Genesys Pulse',
  'Billing Data Service',
  'Genesys Web Services and Applications',
  'Interaction Server',
  'Voice RQ Service',
  'Redis',
  'Genesys Engagement Service',
  'ORS',
  'Kafka',
  'Dial Plan Service',
  'PostgreSQL',
  'Voicemail',
  'Config Service',
  'Genesys Voice Platform',
  'Object storage',
  'Voice SIP Proxy Service',
  'Voice SIP Cluster Service',
  'FrontEnd Service',
  'Voice Registrar Service',
  'Designer Application Server',
  'Digital Channels',
  'Agent State Service',
  'External/customer',
  'Call State Service',
  'WebRTC Media Service',
  'Session Border Controller',
] as const;

export type SystemName = (typeof systems)[number];

/** The table's own protocol names. */
export type ProtocolName = 'TCP' | 'HTTP' | 'HTTPS' | 'Redis' | 'Kafka' | 'Postgres' | 'SIP/TCP' | 'SIP/UDP';

/** Egress: the service is the source. Intra-cluster: both ends are services of the cluster. */
export type Classification = 'Intra-cluster' | 'Egress';

/** A port as the table gives it; `printed` is its own text, a star in it means that operators may change the port. */
export type Port =
  | { kind: 'fixed' | 'several' | 'configurable'; ports: readonly number[]; printed: string }
  | { kind: 'none' | 'unknown'; ports: readonly []; printed: string };

/** One row of the connections table. */
export interface Connection {
  number: number;
  /** The source as printed; rows 14 and 55 print the infrastructure with its version. */
  source: SystemName | 'Redis 6.x' | 'Kafka 2.x';
  destination: SystemName;
  protocol: ProtocolName;
  port: Port;
  classification: Classification;
  /** What travels, in a few words. */
  data: string;
  /** The system that opens the connection on the wire: the source, but for rows 14 and 55, where the reader dials. */
  dials: SystemName;
  /** The system that listens on the wire. */
  listens: SystemName;
}

const fixed = (port: number): Port => ({ kind: 'fixed', ports: [port], printed: String(port) });
const several = (printed: string, ...ports: number[]): Port => ({ kind: 'several', ports, printed });
const configurable = (printed: string, ...ports: number[]): Port => ({ kind: 'configurable', ports, printed });
const none = (printed: string): Port => ({ kind: 'none', ports: [], printed });
const unknown = (printed: string): Port => ({ kind: 'unknown', ports: [], printed });

function withoutVersion(source: Connection['source']): SystemName {
  if (source === 'Redis 6.x') return 'Redis';
  return source === 'Kafka 2.x' ? 'Kafka' : source;
}

function row(
  number: number,
  source: Connection['source'],
  destination: SystemName,
  protocol: ProtocolName,
  port: Port,
  classification: Classification,
  data: string,
  dials: SystemName = withoutVersion(source),
): Connection {
  const listens = dials === destination ? withoutVersion(source) : destination;
  return { number, source, destination, protocol, port, classification, data, dials, listens };
}

/** The 60 rows, by number. */
// biome-ignore format: a table is read a row a line
export const connections: readonly Connection[] = [
  row(1, 'CX Contact', 'Tenant Service', 'TCP', several('5050, 8888', 5050, 8888), 'Intra-cluster', 'outbound campaigns: provisioning and control'),
  row(2, 'Genesys Pulse', 'Tenant Service', 'TCP', several('8888, 8000', 8888, 8000), 'Intra-cluster', 'provisioning and real-time reporting data'),
  row(3, 'Billing Data Service', 'Tenant Service', 'TCP', fixed(8888), 'Intra-cluster', "the tenant's resource inventory, read only"),
  row(4, 'Genesys Web Services and Applications', 'Tenant Service', 'TCP', several('8888, 8000, 2060', 8888, 8000, 2060), 'Intra-cluster', 'provisioning, voice control and observability of tenant resources'),
  row(5, 'Interaction Server', 'Tenant Service', 'TCP', several('8888, 2060', 8888, 2060), 'Intra-cluster', 'multimedia provisioning and interaction status'),
  row(6, 'Voice RQ Service', 'Redis', 'Redis', configurable('6379*', 6379), 'Egress', 'cache of call-related events'),
  row(7, 'Interaction Server', 'Redis', 'Redis', fixed(6379), 'Egress', 'interaction events'),
  row(8, 'Genesys Engagement Service', 'Tenant Service', 'HTTP', fixed(5080), 'Intra-cluster', 'routing requests and events'),
  row(9, 'Tenant Service', 'Redis', 'Redis', configurable('6379*', 6379), 'Egress', 'cache of the tenant configuration'),
  row(10, 'Genesys Engagement Service', 'ORS', 'HTTP', fixed(9098), 'Intra-cluster', 'diagnostics and control of callback sessions, which an entry in Redis starts'),
  row(11, 'Tenant Service', 'Kafka', 'Kafka', configurable('9092/9093*', 9092, 9093), 'Egress', 'outbound data for reporting'),
  row(12, 'Dial Plan Service', 'Redis', 'Redis', configurable('6379*', 6379), 'Egress', 'cache of configuration and registration details'),
  row(13, 'Tenant Service', 'PostgreSQL', 'Postgres', fixed(5432), 'Egress', 'configuration data, persistent'),
  row(14, 'Redis 6.x', 'Tenant Service', 'Redis', configurable('6379*', 6379), 'Egress', 'call and routing events of the message bus', 'Tenant Service'),
  row(15, 'Voicemail', 'Config Service', 'HTTP', fixed(9100), 'Intra-cluster', 'configuration data'),
  row(16, 'Tenant Service', 'Voice RQ Service', 'TCP', fixed(12100), 'Intra-cluster', 'routing data for voice'),
  row(17, 'Config Service', 'Redis', 'Redis', configurable('6379*', 6379), 'Egress', 'cache behind the Config Service'),
  row(18, 'Genesys Voice Platform', 'Voicemail', 'HTTP', fixed(8081), 'Intra-cluster', 'voicemail IVR pages'),
  row(19, 'Genesys Web Services and Applications', 'Voicemail', 'HTTP', fixed(8081), 'Intra-cluster', 'user authentication, administration and user functions of voicemail'),
  row(20, 'Interaction Server', 'Voice RQ Service', 'TCP', fixed(12100), 'Intra-cluster', 'routing data for digital'),
  row(21, 'Genesys Voice Platform', 'ORS', 'HTTP', fixed(11200), 'Intra-cluster', 'call data for GVP'),
  row(22, 'Dial Plan Service', 'Config Service', 'HTTP', fixed(9100), 'Intra-cluster', 'tenant information'),
  row(23, 'Voice SIP Proxy Service', 'Config Service', 'HTTP', fixed(9100), 'Intra-cluster', 'tenant information'),
  row(24, 'Voicemail', 'Object storage', 'HTTP', none('N/A'), 'Intra-cluster', 'mailbox configurations and voicemail messages in Azure Blob Storage or AWS S3'),
  row(25, 'Voice SIP Cluster Service', 'Voice RQ Service', 'TCP', fixed(12100), 'Intra-cluster', 'voice call details'),
  row(26, 'Tenant Service', 'Config Service', 'HTTP', fixed(9100), 'Intra-cluster', 'tenant information'),
  row(27, 'Voice SIP Cluster Service', 'Dial Plan Service', 'HTTP', fixed(8800), 'Intra-cluster', 'routing instructions'),
  row(28, 'Voice SIP Cluster Service', 'Config Service', 'HTTP', fixed(9100), 'Intra-cluster', 'tenant information'),
  row(29, 'Voicemail', 'Redis', 'Redis', configurable('6379*', 6379), 'Egress', 'cache of voicemail data'),
  row(30, 'ORS', 'Voice RQ Service', 'TCP', fixed(12100), 'Intra-cluster', 'call and routing data'),
  row(31, 'Tenant Service', 'FrontEnd Service', 'HTTP', fixed(9101), 'Intra-cluster', 'requests of the Tenant Service to voice'),
  row(32, 'Voice Registrar Service', 'Config Service', 'HTTP', fixed(9100), 'Intra-cluster', 'tenant information and agent registration'),
  row(33, 'Designer Application Server', 'Digital Channels', 'HTTP', fixed(80), 'Intra-cluster', 'Designer applications talk to Nexus by the ORS method'),
  row(34, 'ORS', 'Config Service', 'HTTP', fixed(9100), 'Intra-cluster', 'route points, routing scripts and keep-alive'),
  row(35, 'Agent State Service', 'Config Service', 'HTTP', fixed(9100), 'Intra-cluster', 'tenant, DN and person data; agent login and logout'),
  row(36, 'Voice Registrar Service', 'Redis', 'Redis', configurable('6379*', 6379), 'Egress', 'cache of SIP registrations'),
  row(37, 'Agent State Service', 'Redis', 'Redis', configurable('6379*', 6379), 'Egress', 'cache of agent activity'),
  row(38, 'ORS', 'FrontEnd Service', 'HTTP', fixed(9101), 'Intra-cluster', 'requests of ORS to voice'),
  row(39, 'FrontEnd Service', 'Voice SIP Cluster Service', 'HTTP', fixed(11300), 'Intra-cluster', 'requests to a SIP node'),
  row(40, 'Voice SIP Cluster Service', 'Redis', 'Redis', configurable('6379*', 6379), 'Egress', 'stream of voice events'),
  row(41, 'Voice SIP Cluster Service', 'Redis', 'Redis', configurable('6379*', 6379), 'Egress', 'cache of the SIP Cluster'),
  row(42, 'Call State Service', 'Redis', 'Redis', configurable('6379*', 6379), 'Egress', 'cache of call state'),
  row(43, 'ORS', 'Designer Application Server', 'HTTP', fixed(80), 'Intra-cluster', 'routing strategies'),
  row(44, 'Designer Application Server', 'External/customer', 'HTTPS', fixed(443), 'Egress', "requests to a customer's own API, by the ORS method"),
  row(45, 'ORS', 'Redis', 'Redis', configurable('6379*', 6379), 'Egress', 'stream of routing events'),
  row(46, 'ORS', 'Redis', 'Redis', configurable('6379*', 6379), 'Egress', 'new calls and interactions, read'),
  row(47, 'ORS', 'Redis', 'Redis', configurable('6379*', 6379), 'Egress', 'cache of ORS'),
  row(48, 'FrontEnd Service', 'Kafka', 'Kafka', configurable('9092/9093*', 9092, 9093), 'Egress', 'data for reporting'),
  row(49, 'Voice SIP Cluster Service', 'Redis', 'Redis', configurable('6379*', 6379), 'Egress', 'stream of new calls'),
  row(50, 'Voice SIP Cluster Service', 'Kafka', 'Kafka', configurable('9092/9093*', 9092, 9093), 'Egress', 'data for reporting'),
  row(51, 'Voice SIP Cluster Service', 'Voice SIP Proxy Service', 'SIP/TCP', fixed(5080), 'Intra-cluster', 'SIP signalling'),
  row(52, 'Voice Registrar Service', 'Redis', 'Redis', configurable('6379*', 6379), 'Egress', 'stream of DN registrations'),
  row(53, 'Voice Registrar Service', 'Kafka', 'Kafka', configurable('9092/9093*', 9092, 9093), 'Egress', 'data for reporting'),
  row(54, 'Agent State Service', 'Redis', 'Redis', configurable('6379*', 6379), 'Egress', 'stream of agent events'),
  row(55, 'Kafka 2.x', 'Agent State Service', 'Kafka', configurable('9092/9093*', 9092, 9093), 'Egress', 'data for reporting', 'Agent State Service'),
  row(56, 'Call State Service', 'Kafka', 'Kafka', configurable('9092/9093*', 9092, 9093), 'Egress', 'data for reporting'),
  row(57, 'Voice SIP Proxy Service', 'WebRTC Media Service', 'SIP/UDP', fixed(5070), 'Intra-cluster', 'SIP signalling'),
  row(58, 'Genesys Voice Platform', 'Voice SIP Proxy Service', 'SIP/TCP', fixed(5080), 'Intra-cluster', 'SIP signalling'),
  row(
    59,
    'Voice SIP Proxy Service',
    'Session Border Controller',
    'SIP/TCP',
    unknown('Not known (configured at the trunk DN)'),
    'Intra-cluster',
    'SIP signalling',
  ),
  row(60, 'Voice SIP Proxy Service', 'Kafka', 'Kafka', configurable('9092/9093*', 9092, 9093), 'Egress', 'data for reporting'),
];

/** The row with this number, or undefined when the table has none. */
export function connectionByNumber(number: number): Connection | undefined {
  return connections.find((connection) => connection.number === number);
}

/** `connection 26 Tenant Service -> Config Service`, as it stands in front of every message about a connection. */
export function connectionTitle(connection: Connection): string {
  return `connection ${connection.number} ${connection.source} -> ${connection.destination}`;
}

/** A system's name as a folder or an option: lower case, words joined by hyphens (`config-service`). */
export function systemSlug(system: string): string {
  return system
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
