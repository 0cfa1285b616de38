import sipCluster from '../../../contracts/connections/51-voice-sip-cluster-service--voice-sip-proxy-service.ts';
import voicePlatform from '../../../contracts/connections/58-genesys-voice-platform--voice-sip-proxy-service.ts';
import { keepsItsContracts } from '../../protocols/sip/fixtures/kept.ts';
import mock from './mock.ts';

keepsItsContracts(mock, sipCluster as never, voicePlatform as never);
