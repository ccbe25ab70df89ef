/** What the DNS and the RFCs call each transport: SRV prefix, NAPTR service, default port. */
import type { ProbeTransportName } from '../transport.js';

/** RFC 3261 §19.1.2 and RFC 7118 §6. */
export const DEFAULT_PORTS: Readonly<Record<ProbeTransportName, number>> = {
	udp: 5060,
	tcp: 5060,
	tls: 5061,
	ws: 80,
	wss: 443,
};

/** RFC 3263 §4.2; RFC 7118 §8.6 for WebSocket. */
export const SRV_PREFIXES: Readonly<Record<ProbeTransportName, string>> = {
	udp: '_sip._udp',
	tcp: '_sip._tcp',
	tls: '_sips._tcp',
	ws: '_sip._ws',
	wss: '_sips._ws',
};

/** NAPTR services (RFC 3263 §4.1, RFC 7118 §8.6), upper case → transport. */
export const NAPTR_SERVICES: ReadonlyMap<string, ProbeTransportName> = new Map([
	['SIP+D2U', 'udp'],
	['SIP+D2T', 'tcp'],
	['SIPS+D2T', 'tls'],
	['SIP+D2W', 'ws'],
	['SIPS+D2W', 'wss'],
]);

/** Without a word of the user or the DNS (RFC 3263 §4.1). */
export function defaultTransport(secure: boolean): ProbeTransportName {
	return secure ? 'tls' : 'udp';
}
