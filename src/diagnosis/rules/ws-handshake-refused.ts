import { formatEndpoint } from '../../net/endpoint.js';
import { lastTransaction } from '../../registration/attempt-facts.js';
import { isWebSocketFailure } from '../../registration/flow-event.js';
import type { WebSocketEvent } from '../../trace/observed.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'ws-handshake-refused',
	severity: 'fatal',
	title: 'The server does not open the WebSocket for SIP',
	references: ['RFC 7118 §4.1', 'RFC 7118 §4.2', 'RFC 6455 §4.2.2'],
	explanation: {
		means:
			'The HTTP request that opens the WebSocket was answered with an error, or without the subprotocol "sip", or the WebSocket was closed with an error before any SIP answer.',
		causes: [
			'The path is wrong: servers expect /ws or one of their own.',
			'The Origin of the page is not allowed (403).',
			'A proxy in front of the server does not pass the Upgrade header on (400, 426, 502).',
		],
		confirm:
			'Repeat the request with curl -i -H "Upgrade: websocket" -H "Sec-WebSocket-Protocol: sip", and read the log of the web server.',
		lookAlikes: [
			'401 at the HTTP level is a matter of the web server, not of SIP.',
			'Close codes 1000 and 1001 are normal ends.',
		],
	},
	fix: [
		{ who: 'phone', what: 'Set the WebSocket URI with the path that the provider names.' },
		{
			who: 'registrar',
			what: 'Let the server, and the proxy before it, accept this path and Origin with the subprotocol "sip".',
		},
	],
	check({ attempt }) {
		if (attempt.outcome !== 'unreachable' && attempt.outcome !== 'unanswered') return SILENT;
		const last = lastTransaction(attempt)?.phone;
		if (last !== undefined && last.responses.length > 0) return SILENT;
		const event = attempt.failures.findLast(
			(each) => each.kind === 'websocket' && isWebSocketFailure(each),
		);
		if (event?.kind !== 'websocket') return SILENT;
		return {
			kind: 'fires',
			confidence: event.outcome === 'refused' ? 'proven' : 'strong',
			summary: `${formatEndpoint(event.dst)} ${whatHappened(event)}.`,
			evidence: inOrder(
				evidenceOf(event, 'WebSocket', `GET ${event.path}: ${answerWords(event)}`),
				...evidenceIf(last?.request, 'REGISTER', 'not answered'),
			),
		};
	},
});

function whatHappened(event: WebSocketEvent): string {
	const { outcome, status, path, protocol, closeCode } = event;
	switch (outcome) {
		case 'refused':
			return status === undefined
				? `does not open the WebSocket at ${path}`
				: `answers the WebSocket request for ${path} with HTTP ${status}`;
		case 'established':
			return `opens the WebSocket at ${path} ${protocol === undefined ? 'without a subprotocol' : `for "${protocol}"`} instead of "sip"`;
		case 'closed':
			return `closes the WebSocket at ${path} with code ${closeCode ?? 'unknown'} before it answers`;
	}
}

function answerWords({ status, protocol, closeCode }: WebSocketEvent): string {
	const words = [
		...(status === undefined ? [] : [`HTTP ${status}`]),
		...(protocol === undefined ? [] : [`Sec-WebSocket-Protocol: ${protocol}`]),
		...(closeCode === undefined ? [] : [`close code ${closeCode}`]),
	];
	return words.length === 0 ? 'no answer' : words.join(', ');
}
