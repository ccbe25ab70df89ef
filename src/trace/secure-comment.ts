/* What a probe's TLS or WebSocket handshake showed, from the JSON of a packet comment. */
import {
	type EventCommentPlace,
	endpointOf,
	isRecord,
	listOf,
	oneOf,
	textOf,
	wholeOf,
} from './comment-values.js';
import type { TlsEvent, WebSocketEvent } from './observed.js';

const MAX_CERTIFICATES = 10;
const MAX_NAMES = 100;
/** A sentence with a few names. */
const MAX_REASON = 2_000;

/** Undefined where the comment does not hold. */
export function tlsOf(
	json: Record<string, unknown>,
	place: EventCommentPlace,
): TlsEvent | undefined {
	const src = endpointOf(json['src']);
	const dst = endpointOf(json['dst']);
	const reached = oneOf(json['reached'], REACHED);
	const certificates = listOf(json['certificates'], MAX_CERTIFICATES, certificateOf);
	if (src === undefined || dst === undefined) return undefined;
	if (reached === undefined || certificates === undefined) return undefined;
	const verification = verificationOf(json['verification']);
	return {
		...(verification === undefined ? {} : { verification }),
		...{ kind: 'tls', ...place, src, dst, reached, certificates },
		serverName: textOf(json['serverName']),
		offeredVersion: textOf(json['offeredVersion']),
		chosenVersion: textOf(json['chosenVersion']),
		certificateRequested: json['certificateRequested'] === true,
		alert: alertOf(json['alert']),
		closedBy: oneOf(json['closedBy'], ['client', 'server']),
		foreignAnswer: textOf(json['foreignAnswer']),
	};
}

const REACHED = ['client-hello', 'server-hello', 'certificate', 'application-data'] as const;

function verificationOf(json: unknown): TlsEvent['verification'] {
	if (!isRecord(json)) return undefined;
	const reason = oneOf(json['reason'], ['untrusted', 'name', 'expired']);
	const text = textOf(json['text'], MAX_REASON);
	return reason === undefined || text === undefined ? undefined : { reason, text };
}

function alertOf(json: unknown): TlsEvent['alert'] {
	if (!isRecord(json)) return undefined;
	const by = oneOf(json['by'], ['client', 'server']);
	const level = wholeOf(json['level'], 255);
	const description = wholeOf(json['description'], 255);
	if (by === undefined || level === undefined || description === undefined) return undefined;
	return { by, level, description };
}

function certificateOf(json: unknown): TlsEvent['certificates'][number] | undefined {
	if (!isRecord(json)) return undefined;
	const subject = textOf(json['subject']);
	const issuer = textOf(json['issuer']);
	const names = listOf(json['names'], MAX_NAMES, (name) => textOf(name));
	const notBefore = wholeOf(json['notBefore'], Number.MAX_SAFE_INTEGER);
	const notAfter = wholeOf(json['notAfter'], Number.MAX_SAFE_INTEGER);
	if (subject === undefined || issuer === undefined || names === undefined) return undefined;
	if (notBefore === undefined || notAfter === undefined) return undefined;
	return { subject, issuer, names, notBefore, notAfter };
}

/** Undefined where the comment does not hold. */
export function webSocketOf(
	json: Record<string, unknown>,
	place: EventCommentPlace,
): WebSocketEvent | undefined {
	const src = endpointOf(json['src']);
	const dst = endpointOf(json['dst']);
	const transport = oneOf(json['transport'], ['ws', 'wss']);
	const outcome = oneOf(json['outcome'], ['established', 'refused', 'closed']);
	const path = textOf(json['path']);
	if (src === undefined || dst === undefined || path === undefined) return undefined;
	if (transport === undefined || outcome === undefined) return undefined;
	return {
		...{ kind: 'websocket', ...place, src, dst, transport, outcome, path },
		status: wholeOf(json['status'], 999),
		protocol: textOf(json['protocol']),
		closeCode: wholeOf(json['closeCode'], 65_535),
	};
}
