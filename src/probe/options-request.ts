import type { Endpoint } from '../net/endpoint.js';
import { serializeRequest } from '../sip/serialize-message.js';
import { type Identity, nameAddr, viaValue } from './register-request.js';
import type { ProbeTransportName } from './transport.js';

export interface OptionsToSend {
	readonly identity: Identity;
	readonly branch: string;
	/** Of its own: OPTIONS belongs to no REGISTER. */
	readonly callId: string;
	readonly transport: ProbeTransportName;
	readonly local: Endpoint;
}

/** The bytes of one OPTIONS to the registrar (RFC 3261 §11.1). */
export function optionsRequest(options: OptionsToSend): Uint8Array {
	const { identity, branch, callId, transport, local } = options;
	const address = nameAddr(identity);
	return serializeRequest({
		method: 'OPTIONS',
		requestUri: identity.requestUri,
		headers: [
			['Via', viaValue(transport, local, branch)],
			['Max-Forwards', '70'],
			['From', `${address};tag=${identity.fromTag}`],
			['To', `<${identity.requestUri}>`],
			['Call-ID', callId],
			['CSeq', '1 OPTIONS'],
			['Accept', 'application/sdp'],
			['User-Agent', identity.userAgent],
		],
		body: new Uint8Array(0),
	});
}
