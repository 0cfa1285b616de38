import { audit } from './audit.ts';
import { lifecycle } from './lifecycle.ts';

audit('destinations that are there at first', lifecycle);
