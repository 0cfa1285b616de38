import { http } from './dialect/http.ts';
import { kafka } from './dialect/kafka.ts';
import { postgres } from './dialect/postgres.ts';
import { redis } from './dialect/redis.ts';
import { sip } from './dialect/sip.ts';
import { tcp } from './dialect/tcp.ts';

/**
 * The assumed names of every wire: what no public document gives and a site may replace. One file a protocol.
 */
export const dialect = { http, tcp, redis, sip, kafka, postgres } as const;
