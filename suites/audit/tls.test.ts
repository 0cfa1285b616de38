import { audit } from './audit.ts';
import { tls } from './tls.ts';

audit('destinations over HTTPS', tls);
