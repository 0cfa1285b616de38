import { audit } from './audit.ts';
import { environment } from './environment.ts';

audit('the harness itself', environment);
