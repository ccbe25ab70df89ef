import { formatEndpoint } from '../../net/endpoint.js';
import { lastTransaction, seconds } from '../../registration/attempt-facts.js';
import { natMapping } from '../../registration/nat-mapping.js';
import { longestPause } from '../../registration/pauses.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

/** RFC 4787 REQ-5: no NAT has to remember a silent flow for longer. */
const LONG_MS = 120_000;

export default defineRule({
	id: 'keepalive-missing',
	severity: 'risk',
	title: 'Nothing crosses the NAT between two REGISTERs, for longer than a NAT has to remember',
	references: ['RFC 4787 §4.3', 'RFC 5626 §4.4', 'RFC 6223 §4'],
	explanation: {
		means:
			'The phone is behind a NAT and silent between its REGISTERs, and so is the server. Routers forget a silent flow over UDP after 30 s to some minutes: then calls do not reach the phone until its next REGISTER.',
		causes: [
			'Keep-alives are switched off in the phone, and the server sends none.',
			'The registration period is longer than the NAT remembers.',
		],
		confirm: 'Call the phone right before its next REGISTER.',
		lookAlikes: [
			'A capture filter that keeps only SIP hides keep-alives of CRLF or STUN.',
			'Some routers remember for an hour, above all where they look into SIP.',
			'Over TCP and TLS flows live longer.',
		],
	},
	fix: [
		{ who: 'phone', what: 'Switch keep-alives on, every 20 to 25 s over UDP.' },
		{ who: 'registrar', what: 'Ping phones behind NAT, or grant them a short expiry.' },
	],
	check({ attempt, registration, index, observedUntil }) {
		if (attempt !== registration.decisive || attempt.outcome !== 'registered') return SILENT;
		const phone = lastTransaction(attempt)?.phone;
		const { last } = natMapping(registration);
		if (phone?.transport !== 'udp' || last === undefined) return SILENT;
		// No NAT where the server sees the phone's own address and port.
		if (
			formatEndpoint(last.outside) === formatEndpoint(phone.client) &&
			last.seen !== phone.request
		)
			return SILENT;
		if (index.isKeptAlive(phone.client)) return SILENT;
		const pause = longestPause(registration, observedUntil);
		if (pause === undefined || pause.ms < LONG_MS) return SILENT;
		return {
			kind: 'fires',
			confidence: 'likely',
			summary: `For ${seconds(pause.ms)} nothing passed between ${formatEndpoint(last.outside)} and ${formatEndpoint(phone.server)} while the phone was registered.`,
			evidence: inOrder(
				evidenceOf(pause.before, 'Status', 'last packet before the pause'),
				...evidenceIf(pause.after, 'REGISTER', 'first packet after it'),
			),
		};
	},
});
