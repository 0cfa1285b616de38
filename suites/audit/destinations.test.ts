import { audit } from './audit.ts';
import { destinations } from './destinations.ts';

audit('destinations', destinations);
