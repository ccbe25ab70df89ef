/** A transport address: IP address in canonical text (RFC 5952 for IPv6) and port. */
export interface Endpoint {
	readonly address: string;
	readonly port: number;
}

/** `192.0.2.1:5060`, `[2001:db8::1]:5060`. */
export function formatEndpoint({ address, port }: Endpoint): string {
	return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

export function sameEndpoint(a: Endpoint, b: Endpoint): boolean {
	return a.port === b.port && a.address === b.address;
}
