import { postgresProfile } from '../../../contracts/messages/postgres.ts';
import type { Attachable, ProtocolAdapter } from '../../adapter.ts';
import { play } from './play.ts';
import { tap } from './tap.ts';
import { attach, serve } from './watch.ts';

/** PostgreSQL: the destination is the real server, and the record is its own log. */
export const adapter: ProtocolAdapter & Attachable = { profile: postgresProfile, play, serve, attach, tap };
