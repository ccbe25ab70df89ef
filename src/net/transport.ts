/** The transports a SIP message can arrive over (RFC 3261 §18, RFC 7118). */
export type Transport = 'udp' | 'tcp' | 'tls' | 'ws' | 'wss';

/** Whether TLS carries it: nobody on the way reads it, and a sips: address-of-record may go over it (RFC 3261 §26.2.2). */
export function isSecure(transport: Transport | undefined): boolean {
	return transport === 'tls' || transport === 'wss';
}
