/** Plain questions about what TCP, TLS and WebSocket told of one flow. */
import { type Endpoint, formatEndpoint } from '../net/endpoint.js';
import type {
	ConnectionEvent,
	ForeignAnswerEvent,
	TlsEvent,
	WebSocketEvent,
} from '../trace/observed.js';
import type { AttemptEvent } from './registration.js';

export type FlowEvent = ConnectionEvent | TlsEvent | WebSocketEvent;

export function isFlowEvent(event: AttemptEvent): event is FlowEvent {
	return event.kind === 'connection' || event.kind === 'tls' || event.kind === 'websocket';
}

/** One direction of one flow, from the side that connected: `192.0.2.1:49152>203.0.113.5:5061`. */
export function flowKey({ src, dst }: { readonly src: Endpoint; readonly dst: Endpoint }): string {
	return `${formatEndpoint(src)}>${formatEndpoint(dst)}`;
}

/** The flow that an event speaks of; undefined where it speaks of an address or a name. */
export function flowOf(event: AttemptEvent): string | undefined {
	if (isFlowEvent(event)) return flowKey(event);
	return event.kind === 'foreign-answer' ? flowKey(asked(event)) : undefined;
}

/** Who asked whom where the answer was not SIP. */
function asked({ src, dst }: ForeignAnswerEvent): { src: Endpoint; dst: Endpoint } {
	return { src: dst, dst: src };
}

/**
 * True where the flow came to nothing, if no SIP was answered on it. The client's own FIN is its own decision; a SYN
 * without a second copy was cut off by the end of the source.
 */
export function isFlowFailure(event: FlowEvent): boolean {
	switch (event.kind) {
		case 'connection':
			return isConnectionFailure(event);
		case 'tls':
			return isTlsFailure(event);
		case 'websocket':
			return isWebSocketFailure(event);
	}
}

function isConnectionFailure(event: ConnectionEvent): boolean {
	const { outcome, by, copies, established, refusal } = event;
	if (isLargeSegmentLost(event)) return true;
	switch (outcome) {
		case 'refused':
			return true;
		case 'timed-out':
			// Silence on a connection that is up is silence: it is told by the REGISTER without an answer.
			if (established === true) return false;
			return copies === undefined || copies >= 2 || refusal !== undefined;
		case 'reset':
			return by !== 'client';
		case 'closed':
			return by === 'server' || by === 'middle';
	}
}

/** Below this a path that carries nothing larger is hardly thinkable: IPv6 has 1280 bytes at least (RFC 8200 §5). */
const LARGE_SEGMENT = 1000;

/** A segment that was sent again and again, and is large enough that its size may be why. */
export function isLargeSegmentLost(event: AttemptEvent): boolean {
	return event.kind === 'connection' && (event.unacknowledgedLength ?? 0) >= LARGE_SEGMENT;
}

/**
 * A handshake that ended without application data from the server; close_notify (0) alone is a farewell (RFC 8446 §6.1).
 * A phone that closes after it sent data got no answer in time: that is its own decision.
 */
export function isTlsFailure(event: TlsEvent): boolean {
	const { alert, closedBy, foreignAnswer, reached } = event;
	if (foreignAnswer !== undefined || closedBy === 'server') return true;
	if (closedBy === 'client' && reached !== 'application-data') return true;
	return alert !== undefined && alert.level === 2 && alert.description !== 0;
}

/** RFC 6455 §7.4.1: 1000 and 1001 are normal ends; RFC 7118 §4.2: the server must choose the subprotocol `sip`. */
export function isWebSocketFailure({ outcome, protocol, closeCode }: WebSocketEvent): boolean {
	if (outcome === 'refused') return true;
	if (outcome === 'established') return protocol?.toLowerCase() !== 'sip';
	return closeCode !== undefined && closeCode !== 1000 && closeCode !== 1001;
}

/** TLS came up, and the server closed before it sent any data: what was cut is the answer, not the handshake. */
export function isCutAfterTls(event: AttemptEvent): boolean {
	if (event.kind !== 'tls' || event.reached !== 'application-data') return false;
	return (
		event.closedBy === 'server' && (event.alert === undefined || event.alert.description === 0)
	);
}

/** The flow carries data, so the phone may have registered on it unseen. */
export function isFlowSuccess(event: FlowEvent): boolean {
	if (event.kind === 'tls') {
		return (
			event.reached === 'application-data' && event.closedBy === undefined && !isTlsFailure(event)
		);
	}
	return event.kind === 'websocket' && event.outcome !== 'refused' && !isWebSocketFailure(event);
}

/** A new connection that did not come up, as opposed to one that was cut. */
export function isConnectFailure(event: AttemptEvent): boolean {
	return (
		event.kind === 'connection' &&
		event.established !== true &&
		(event.outcome === 'refused' || event.outcome === 'timed-out') &&
		isConnectionFailure(event)
	);
}
