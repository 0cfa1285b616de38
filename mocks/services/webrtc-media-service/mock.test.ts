import sipProxy from '../../../contracts/connections/57-voice-sip-proxy-service--webrtc-media-service.ts';
import { keepsItsContracts } from '../../protocols/sip/fixtures/kept.ts';
import mock from './mock.ts';

keepsItsContracts(mock, sipProxy as never);
