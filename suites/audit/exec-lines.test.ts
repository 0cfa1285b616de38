import { audit } from './audit.ts';
import { execLines } from './exec-lines.ts';

audit('exec lines', execLines);
