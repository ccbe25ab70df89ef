import { formatEndpoint } from '../net/endpoint.js';
import type { Identity } from './register-request.js';
import type { ProbeTarget } from './target.js';
import type { ProbeTransportName, SipTransport } from './transport.js';

export interface IdentityInputs {
	readonly target: ProbeTarget;
	readonly transport: SipTransport;
	readonly userAgent: string;
	/** Random hex of so many bytes. */
	readonly token: (bytes: number) => string;
}

/**
 * Who the probe is in every REGISTER. Contact is the socket's own address and port, as a phone's is; the instance-id
 * (RFC 5626 §4.1) tells its binding from another device's even where a NAT or ALG rewrites the address. `before`: the
 * identity towards another address of the same server, of which all but the Contact stays.
 */
export function newIdentity(inputs: IdentityInputs, before: Identity | undefined): Identity {
	const { target, transport, userAgent, token } = inputs;
	const instanceId = before?.instanceId ?? `urn:uuid:${uuidV4(token(16))}`;
	// RFC 3261 §8.1.1.8: where the Request-URI is a SIPS URI, Contact is one.
	const scheme = target.secure ? 'sips' : 'sip';
	const contactUri = `${scheme}:${target.user}@${formatEndpoint(transport.local)}`;
	const parameter = transportParameter(transport.name, target.secure);
	return {
		aor: target.aorToSend,
		requestUri: target.requestUri,
		// The host part is what phones write there, and what an ALG likes to rewrite.
		callId: before?.callId ?? `${token(12)}@${transport.local.address}`,
		fromTag: before?.fromTag ?? token(6),
		instanceId,
		contact: `<${contactUri}${parameter}>;+sip.instance="<${instanceId}>"`,
		contactUri,
		userAgent,
	};
}

/** RFC 7118 §4.1: `ws` stands for both; in a SIPS URI TLS needs no word (RFC 3261 §26.2.2). */
function transportParameter(name: ProbeTransportName, secure: boolean): string {
	if (name === 'udp' || (name === 'tls' && secure)) return '';
	return `;transport=${name === 'wss' ? 'ws' : name}`;
}

/** RFC 9562 §5.4 from 16 random bytes in hex. */
function uuidV4(hex: string): string {
	const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
	const parts = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`];
	return [...parts, `${variant}${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}
