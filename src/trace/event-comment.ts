/*
 * What only a socket knows, as the JSON of a pcapng packet comment: how `probe --save` keeps network events and the
 * transport of a message, and how `analyze` reads them back. A comment is hostile like every byte of a capture.
 */
import type { Endpoint } from '../net/endpoint.js';
import type { Transport } from '../net/transport.js';
import {
	type EventCommentPlace,
	endpointOf,
	isRecord,
	oneOf,
	textOf,
	transportOf,
	wholeOf,
} from './comment-values.js';
import { dnsOf } from './dns-comment.js';
import { experimentOf, fittingExperiment } from './experiment-comment.js';
import type { ConnectionEvent, NetworkEvent, ProbeEvent, UnreachableEvent } from './observed.js';
import { tlsOf, webSocketOf } from './secure-comment.js';
import { MAX_QUOTED_TEXT } from './unreachable.js';

export type CommentFact =
	| { readonly kind: 'event'; readonly event: NetworkEvent }
	| { readonly kind: 'transport'; readonly transport: Transport }
	/** The frame is of an experiment of the probe, and of no registration. */
	| { readonly kind: 'aside' };

/** No comment of ours is longer; JSON that nests without end is not even looked at. */
const MAX_COMMENT = 65_535;

/** No kernel sends a segment so often, and none is so large. */
const MAX_COPIES = 1_000;
const MAX_SEGMENT = 65_535;

const VERSION = 1;
const ASIDE = 'experiment';

/** The comment of the frame that stands for an event. Credentials in the quoted text are left out. */
export function encodeEventComment(event: NetworkEvent): string {
	const { at: _at, source: _source, frame: _frame, ...facts } = event;
	const write = (event: unknown): string => JSON.stringify({ sipdoctor: VERSION, event });
	if (facts.kind === 'experiment') return fittingExperiment(facts, write);
	if (facts.kind !== 'unreachable') return write(facts);
	const text = withoutCredentials(facts.quoted.text).slice(0, MAX_QUOTED_TEXT);
	const quoted = { ...facts.quoted, text };
	return write({ ...facts, quoted });
}

/** The comment of a message's frame that tells its transport; an exported PDU itself knows only UDP and TCP. */
export function encodeTransportComment(transport: Transport): string {
	return JSON.stringify({ sipdoctor: VERSION, transport });
}

/** The comment of a packet of an experiment: there to be looked at, and no part of what is diagnosed. */
export function encodeAsideComment(): string {
	return JSON.stringify({ sipdoctor: VERSION, aside: ASIDE });
}

/** What a comment says; undefined for anyone else's comment, and for one of ours that does not hold. */
export function decodeComment(comment: string, place: EventCommentPlace): CommentFact | undefined {
	if (comment.length > MAX_COMMENT || !comment.startsWith('{"sipdoctor":')) return undefined;
	const json = parseJson(comment);
	if (!isRecord(json) || json['sipdoctor'] !== VERSION) return undefined;
	const transport = transportOf(json['transport']);
	if (transport !== undefined) return { kind: 'transport', transport };
	if (json['aside'] === ASIDE) return { kind: 'aside' };
	const event = isRecord(json['event']) ? eventOf(json['event'], place) : undefined;
	return event === undefined ? undefined : { kind: 'event', event };
}

function withoutCredentials(text: string): string {
	return text.replace(/^(?:proxy-)?authorization[ \t]*:.*(?:\r?\n[ \t].*)*(?:\r?\n)?/gim, '');
}

function eventOf(
	json: Record<string, unknown>,
	place: EventCommentPlace,
): NetworkEvent | undefined {
	switch (json['kind']) {
		case 'unreachable':
			return unreachableOf(json, place);
		case 'connection':
			return connectionOf(json, place);
		case 'resolution': {
			const outcome = oneOf(json['outcome'], ['nxdomain', 'failure', 'timed-out', 'no-record']);
			const name = textOf(json['name']);
			if (outcome === undefined || name === undefined) return undefined;
			return { kind: 'resolution', ...place, outcome, name, errno: textOf(json['errno']) };
		}
		case 'neighbour': {
			const address = textOf(json['address']);
			const mac = textOf(json['mac']);
			if (address === undefined || mac === undefined) return undefined;
			return { kind: 'neighbour', ...place, address, mac };
		}
		case 'probe':
			return probeOf(json, place);
		case 'experiment':
			return experimentOf(json, place);
		case 'dns':
			return dnsOf(json, place);
		case 'tls':
			return tlsOf(json, place);
		case 'websocket':
			return webSocketOf(json, place);
		default:
			return undefined;
	}
}

const REASONS = [
	'port',
	'host',
	'network',
	'protocol',
	'admin-prohibited',
	'fragmentation-needed',
	'time-exceeded',
	'other',
] as const;

function unreachableOf(
	json: Record<string, unknown>,
	place: EventCommentPlace,
): UnreachableEvent | undefined {
	const reason = oneOf(json['reason'], REASONS);
	const quoted = isRecord(json['quoted']) ? json['quoted'] : {};
	const flow = flowOf(quoted);
	const text = textOf(quoted['text'] ?? '', MAX_QUOTED_TEXT);
	if (reason === undefined || flow === undefined || text === undefined) return undefined;
	return {
		kind: 'unreachable',
		...place,
		reason,
		reporter: textOf(json['reporter']),
		icmp: icmpOf(json['icmp']),
		errno: textOf(json['errno']),
		quoted: { ...flow, text },
	};
}

function probeOf(json: Record<string, unknown>, place: EventCommentPlace): ProbeEvent | undefined {
	const aor = textOf(json['aor']);
	const target = isRecord(json['target']) ? json['target'] : {};
	const host = textOf(target['host']);
	const port = wholeOf(target['port'], 65_535);
	const transport = transportOf(target['transport']);
	if (aor === undefined || host === undefined) return undefined;
	if (port === undefined || transport === undefined) return undefined;
	const over = json['isOver'] === true ? ({ isOver: true } as const) : {};
	return { kind: 'probe', ...place, aor, target: { host, port, transport }, ...over };
}

function connectionOf(
	json: Record<string, unknown>,
	place: EventCommentPlace,
): ConnectionEvent | undefined {
	const outcome = oneOf(json['outcome'], ['refused', 'timed-out', 'reset', 'closed']);
	const flow = flowOf(json);
	if (outcome === undefined || flow === undefined) return undefined;
	const by = oneOf(json['by'], ['client', 'server', 'middle']);
	const copies = wholeOf(json['copies'], MAX_COPIES);
	const established = json['established'];
	const unacknowledgedLength = wholeOf(json['unacknowledgedLength'], MAX_SEGMENT);
	const refusal = refusalOf(json['refusal']);
	return {
		kind: 'connection',
		...place,
		outcome,
		...flow,
		errno: textOf(json['errno']),
		...(by !== undefined && { by }),
		...(copies !== undefined && { copies }),
		...(typeof established === 'boolean' && { established }),
		...(unacknowledgedLength !== undefined && { unacknowledgedLength }),
		...(refusal !== undefined && { refusal }),
	};
}

function refusalOf(json: unknown): ConnectionEvent['refusal'] {
	if (!isRecord(json)) return undefined;
	const reason = oneOf(json['reason'], REASONS);
	if (reason === undefined) return undefined;
	return { reason, reporter: textOf(json['reporter']), icmp: icmpOf(json['icmp']) };
}

function flowOf(
	json: Record<string, unknown>,
): { transport: Transport; src: Endpoint; dst: Endpoint } | undefined {
	const transport = transportOf(json['transport']);
	const src = endpointOf(json['src']);
	const dst = endpointOf(json['dst']);
	if (transport === undefined || src === undefined || dst === undefined) return undefined;
	return { transport, src, dst };
}

function icmpOf(json: unknown): UnreachableEvent['icmp'] {
	if (!isRecord(json)) return undefined;
	const version = json['version'];
	const type = wholeOf(json['type'], 255);
	const code = wholeOf(json['code'], 255);
	if ((version !== 4 && version !== 6) || type === undefined || code === undefined)
		return undefined;
	return { version, type, code };
}

function parseJson(text: string): unknown {
	try {
		const json: unknown = JSON.parse(text);
		return json;
	} catch {
		return undefined;
	}
}
