/** 5060 to 5099: where SIP servers listen, 5061 and 5071 with TLS. Elsewhere a connection must show that it is SIP. */
const SIP_PORTS = { first: 5060, last: 5099 };

export function isSipPort(port: number): boolean {
	return port >= SIP_PORTS.first && port <= SIP_PORTS.last;
}
