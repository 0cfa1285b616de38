import { audit } from './audit.ts';
import { servers } from './servers.ts';

audit('real servers', servers);
