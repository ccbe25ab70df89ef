import { formatEndpoint } from '../net/endpoint.js';
import { wireText } from '../sip/display-text.js';
import { formatUri, parseUri } from '../sip/uri.js';
import { ProbeError } from './probe-error.js';
import type { Identity } from './register-request.js';
import { PLAIN_REGISTERING, type RegisteringOptions } from './registering-options.js';
import type { ProbeTarget } from './target.js';
import type { ProbeTransportName, SipTransport } from './transport.js';

export interface IdentityInputs {
	readonly target: ProbeTarget;
	readonly transport: SipTransport;
	readonly userAgent: string;
	/** Random hex of so many bytes. */
	readonly token: (bytes: number) => string;
	readonly registering?: RegisteringOptions | undefined;
}

/**
 * Who the probe is in every REGISTER. Contact is the socket's own address and port, as a phone's is, unless one is
 * given; the instance-id (RFC 5626 §4.1) tells its binding from another device's even where a NAT or ALG rewrites the
 * address. `before`: the identity towards another address of the same server, of which all but the Contact stays.
 */
export function newIdentity(inputs: IdentityInputs, before: Identity | undefined): Identity {
	const { target, transport, userAgent, token, registering = PLAIN_REGISTERING } = inputs;
	const { instance, regId, displayName, headers } = registering;
	const instanceId = before?.instanceId ?? instance ?? `urn:uuid:${uuidV4(token(16))}`;
	const given = registering.contact;
	const contact = given === undefined ? ownContact(target, transport) : wireText(given);
	return {
		aor: target.aorToSend,
		requestUri: target.requestUri,
		// The host part is what phones write there, and what an ALG likes to rewrite.
		callId: before?.callId ?? `${token(12)}@${transport.local.address}`,
		fromTag: before?.fromTag ?? token(6),
		instanceId,
		regId,
		contact: `<${contact}>;+sip.instance="<${instanceId}>"${regId === undefined ? '' : `;reg-id=${regId}`}`,
		contactUri: bareUri(contact) ?? contact,
		isGiven: registering.contact !== undefined || instance !== undefined,
		displayName: displayName === undefined ? undefined : wireText(displayName),
		headers: [
			// RFC 5626 §4.2.1: without outbound and path the registrar must not take reg-id for what it is.
			...(regId === undefined ? [] : [['Supported', 'path, outbound, gruu'] as const]),
			...headers.map(([name, value]) => [name, wireText(value)] as const),
		],
		userAgent,
	};
}

/** Checks what the user gave of an identity. Throws `ProbeError` (`usage`). */
export function checkIdentity({ contact, instance, mode }: RegisteringOptions): void {
	if (contact !== undefined && bareUri(wireText(contact)) === undefined) {
		throw usage('--contact is not a SIP URI', 'Write it as sip:1001@192.0.2.5:5060.');
	}
	if (instance !== undefined && !/^urn:[A-Za-z0-9][\w:.+()=@;$!*',%/?#-]{1,250}$/.test(instance)) {
		throw usage(
			'--instance is not a URN',
			'Write it as urn:uuid:00000000-0000-1000-8000-AABBCCDDEEFF.',
		);
	}
	if (mode === 'unregister' && contact === undefined && instance === undefined) {
		throw usage(
			'--unregister does not say whose binding',
			'Add --contact URI or --instance URN; --query lists the bindings.',
		);
	}
}

function usage(message: string, suggestion: string): ProbeError {
	return new ProbeError('usage', message, suggestion);
}

/** RFC 3261 §8.1.1.8: where the Request-URI is a SIPS URI, Contact is one. */
function ownContact({ user, secure }: ProbeTarget, { name, local }: SipTransport): string {
	const scheme = secure ? 'sips' : 'sip';
	return `${scheme}:${user}@${formatEndpoint(local)}${transportParameter(name, secure)}`;
}

/** Scheme, user, host and port; undefined for what is no SIP URI or would break out of the angle brackets. */
function bareUri(contact: string): string | undefined {
	const uri = parseUri(contact);
	if (!uri.ok || uri.value.host === undefined || uri.value.hasPassword) return undefined;
	if (/[<>"\s]/.test(contact)) return undefined;
	return formatUri({ ...uri.value, parameters: new Map(), headers: [] });
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
