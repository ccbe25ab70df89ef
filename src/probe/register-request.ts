import { type Endpoint, formatEndpoint } from '../net/endpoint.js';
import { serializeRequest } from '../sip/serialize-message.js';
import { ALLOWED_METHODS } from './allowed-methods.js';
import type { ProbeTransportName } from './transport.js';

/** What stays the same in every REGISTER of one probe (RFC 3261 §10.2: same Call-ID, From tag kept). */
export interface Identity {
	/** Wire text of the address-of-record: `sip:1001@example.com`. */
	readonly aor: string;
	/** `sip:example.com`: the domain only (RFC 3261 §10.2). */
	readonly requestUri: string;
	readonly callId: string;
	readonly fromTag: string;
	/** Wire text of the one Contact value, without expires: `<sip:…>;+sip.instance="…"`. */
	readonly contact: string;
	/** Of `+sip.instance` in `contact` (RFC 5626 §4.1): `urn:uuid:…`. */
	readonly instanceId: string;
	/** Of `reg-id` in `contact`. */
	readonly regId?: number | undefined;
	/** The URI within `contact`, without its parameters. */
	readonly contactUri: string;
	/** Contact or instance-id are the user's words: somebody may be bound with them already. */
	readonly isGiven?: boolean;
	/** Of From and To; wire text. */
	readonly displayName?: string | undefined;
	/** Further header fields; wire text. */
	readonly headers?: readonly (readonly [name: string, value: string])[];
	readonly userAgent: string;
}

/**
 * What a REGISTER is for: asking for the list sends no Contact at all (RFC 3261 §10.2.3); removing names exactly the
 * own Contact, or those given, with expires=0, never `*`.
 */
export type Purpose =
	| { readonly kind: 'query' }
	| { readonly kind: 'bind'; readonly expires: number }
	| { readonly kind: 'remove'; readonly contacts?: readonly string[] };

export interface RegisterToSend {
	readonly identity: Identity;
	readonly purpose: Purpose;
	readonly cseq: number;
	readonly branch: string;
	readonly transport: ProbeTransportName;
	readonly local: Endpoint;
	/** Authorization and Proxy-Authorization, complete values. */
	readonly credentials: readonly (readonly [name: string, value: string])[];
}

/** The bytes of one REGISTER (RFC 3261 §10.2); rport asks how the server saw the source (RFC 3581 §3). */
export function registerRequest(request: RegisterToSend): Uint8Array {
	const { identity, purpose, transport, local } = request;
	const address = nameAddr(identity);
	return serializeRequest({
		method: 'REGISTER',
		requestUri: identity.requestUri,
		headers: [
			['Via', viaValue(transport, local, request.branch)],
			['Max-Forwards', '70'],
			['From', `${address};tag=${identity.fromTag}`],
			['To', address],
			['Call-ID', identity.callId],
			['CSeq', `${request.cseq} REGISTER`],
			...contactFields(identity, purpose),
			...request.credentials,
			...allowField(identity),
			...(identity.headers ?? []),
			['User-Agent', identity.userAgent],
		],
		body: new Uint8Array(0),
	});
}

/** The value of a Via of our own. */
export function viaValue(transport: ProbeTransportName, local: Endpoint, branch: string): string {
	return `SIP/2.0/${transport.toUpperCase()} ${formatEndpoint(local)};branch=${branch};rport`;
}

/** The address-of-record as From and To have it. */
export function nameAddr({ aor, displayName }: Identity): string {
	if (displayName === undefined) return `<${aor}>`;
	return `"${displayName.replace(/["\\]/g, '\\$&')}" <${aor}>`;
}

/** The user's own word on it goes before. */
function allowField({ headers = [] }: Identity): readonly (readonly [string, string])[] {
	const isGiven = headers.some(([name]) => name.toLowerCase() === 'allow');
	return isGiven ? [] : [['Allow', ALLOWED_METHODS]];
}

function contactFields(
	identity: Identity,
	purpose: Purpose,
): readonly (readonly [string, string])[] {
	switch (purpose.kind) {
		case 'query':
			return [];
		case 'bind':
			return [
				['Contact', identity.contact],
				['Expires', String(purpose.expires)],
			];
		case 'remove':
			return (purpose.contacts ?? [identity.contact]).map(
				(contact) => ['Contact', `${contact};expires=0`] as const,
			);
	}
}
