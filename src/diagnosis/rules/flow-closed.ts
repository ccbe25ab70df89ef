import { formatEndpoint } from '../../net/endpoint.js';
import { describeStatus, lastFinal, seconds } from '../../registration/attempt-facts.js';
import { closedFlowOf } from '../../registration/closed-flow.js';
import { elapsedMs } from '../../time/instant.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'flow-closed',
	severity: 'degraded',
	title: 'The connection of the registration was closed, and nothing reopened it',
	references: ['RFC 5626 §4.4', 'RFC 5923 §8', 'RFC 3261 §18'],
	explanation: {
		means:
			'The phone registered over a connection, the connection was closed while the binding lasted, and no REGISTER came over a new one. Calls to the phone have no way until it registers again.',
		causes: [
			'The server or a load balancer closes idle connections.',
			'A firewall or NAT cuts connections without traffic.',
			'The phone closes the connection to save power, or does not notice that it is gone.',
		],
		confirm:
			'Call the phone after the close; look for keep-alives (CRLF every 30 to 120 s) on the connection.',
		lookAlikes: [
			'A phone that registers again over a new connection has mended it.',
			'A phone that unregisters and then closes leaves in good order.',
			'A capture that ends soon after the close shows nothing yet.',
		],
	},
	fix: [
		{ who: 'phone', what: 'Switch keep-alives on (CRLF or STUN), and let it reconnect at once.' },
		{
			who: 'provider',
			what: 'Keep connections of registered phones open longer than their refresh.',
		},
	],
	check({ attempt, registration, observedUntil }) {
		const final = lastFinal(attempt);
		if (attempt.outcome !== 'registered' || final === undefined) return SILENT;
		// A later attempt, of any kind, came over a connection: it was reopened.
		if (registration.attempts.at(-1) !== attempt) return SILENT;
		const event = closedFlowOf(attempt);
		if (event === undefined || attempt.grantedExpires === undefined) return SILENT;
		const left = attempt.grantedExpires * 1000 - elapsedMs(final.at, event.at);
		// Closed when the binding was over anyway.
		if (left <= 0) return SILENT;
		const by = event.by === 'middle' ? 'somebody on the path' : `the ${event.by ?? 'peer'}`;
		const waited = elapsedMs(event.at, observedUntil);
		if (waited < left) {
			if (event.by === 'client') return SILENT;
			return {
				kind: 'cannot-tell',
				because: `${by} closed the connection of the registration, and the capture ends ${seconds(waited)} later, before the binding runs out`,
				decidedBy: 'a longer capture, or a call to the phone at that time',
			};
		}
		return {
			kind: 'fires',
			confidence: 'strong',
			summary: `The connection to ${formatEndpoint(event.dst)} was ${event.outcome === 'closed' ? 'closed' : 'cut'} by ${by} ${seconds(elapsedMs(final.at, event.at))} after the registration, and no REGISTER came until the binding of ${attempt.grantedExpires} s had run out.`,
			evidence: inOrder(
				evidenceOf(final, 'Status', `${describeStatus(final)}, for ${attempt.grantedExpires} s`),
				evidenceOf(
					event,
					'TCP connection',
					`${event.outcome === 'closed' ? 'FIN' : 'RST'} from ${by}`,
				),
			),
		};
	},
});
