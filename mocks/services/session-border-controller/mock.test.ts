import sipProxy from '../../../contracts/connections/59-voice-sip-proxy-service--session-border-controller.ts';
import { keepsItsContracts } from '../../protocols/sip/fixtures/kept.ts';
import mock from './mock.ts';

keepsItsContracts(mock, sipProxy as never);
