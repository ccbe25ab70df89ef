import { type Endpoint, wireEndpoint } from '../net/endpoint.js';
import type { ProbeRecorder } from './recorder.js';
import type { ProbeTransportName, TransportFailure } from './transport.js';

/** As much of the refused request as an ICMP message could quote, and as the trace keeps. */
const MAX_QUOTE = 2048;

/** Puts what a socket was told into the trace. `request`: the bytes that were refused, none before the first send. */
export function recordFailure(
	recorder: ProbeRecorder,
	failure: TransportFailure,
	transport: ProbeTransportName,
	from: Endpoint,
	to: Endpoint,
	request: Uint8Array,
): void {
	const [src, dst] = [wireEndpoint(from), wireEndpoint(to)];
	if (failure.kind === 'unreachable' && transport !== 'udp' && request.length === 0) {
		// The connection never came up: no REGISTER was refused, but a SYN.
		const { reason, errno } = failure;
		const refusal = { reason, reporter: undefined, icmp: undefined };
		recorder.event({
			kind: 'connection',
			outcome: 'timed-out',
			transport,
			src,
			dst,
			errno,
			refusal,
		});
		return;
	}
	if (failure.kind === 'connection') {
		const { outcome, errno } = failure;
		recorder.event({ kind: 'connection', outcome, transport, src, dst, errno });
		return;
	}
	if (failure.kind !== 'unreachable') {
		if (failure.kind === 'tls') recorder.event({ kind: 'tls', src, dst, ...failure.facts });
		else recorder.event({ kind: 'websocket', src, dst, ...failure.facts });
		return;
	}
	recorder.event({
		kind: 'unreachable',
		reason: failure.reason,
		// The kernel keeps the sender, type and code of the ICMP message to itself.
		reporter: undefined,
		icmp: undefined,
		errno: failure.errno,
		quoted: { transport, src, dst, text: quote(request) },
	});
}

/** The start of the request up to its credentials: the event goes into a comment of the saved file. */
function quote(request: Uint8Array): string {
	const text = Buffer.from(request).toString('latin1');
	const secret = text.search(/^(proxy-)?authorization:/im);
	return text.slice(0, Math.min(MAX_QUOTE, secret < 0 ? text.length : secret));
}
