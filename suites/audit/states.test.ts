import { audit } from './audit.ts';
import { states } from './states.ts';

audit('provider states', states);
