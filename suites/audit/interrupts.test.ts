import { audit } from './audit.ts';
import { interrupts } from './interrupts.ts';

audit('runs that are interrupted', interrupts);
