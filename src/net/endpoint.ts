import { withoutZone } from './address.js';

/** A transport address: IP address in canonical text (RFC 5952 for IPv6) and port. */
export interface Endpoint {
	readonly address: string;
	readonly port: number;
}

/** `192.0.2.1:5060`, `[2001:db8::1]:5060`. */
export function formatEndpoint({ address, port }: Endpoint): string {
	return formatHostPort(address, port);
}

/** A name or an address as a URI has it: `example.com`, `192.0.2.1:5060`, `[2001:db8::1]`. */
export function formatHostPort(host: string, port: number | undefined): string {
	const bracketed = host.includes(':') ? `[${host}]` : host;
	return port === undefined ? bracketed : `${bracketed}:${port}`;
}

/** What packets and SIP name it: without the zone of a link-local address. */
export function wireEndpoint({ address, port }: Endpoint): Endpoint {
	return { address: withoutZone(address), port };
}

export function sameEndpoint(a: Endpoint, b: Endpoint): boolean {
	return a.port === b.port && a.address === b.address;
}
