import { audit } from './audit.ts';
import { sources } from './sources.ts';

audit('sources', sources);
