/** The transports a SIP message can arrive over (RFC 3261 §18, RFC 7118). */
export type Transport = 'udp' | 'tcp' | 'tls' | 'ws' | 'wss';

/** Reliable transports carry no SIP retransmissions (RFC 3261 §17.1.2.1). */
export function isReliable(transport: Transport): boolean {
	return transport !== 'udp';
}
