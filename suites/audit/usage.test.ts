import { audit } from './audit.ts';
import { usage } from './usage.ts';

audit('what was asked for cannot be', usage);
