import { cutVerdict } from '../connection-verdict.js';
import { defineRule } from '../rule.js';

export default defineRule({
	id: 'tcp-reset',
	severity: 'fatal',
	title: 'The connection is cut before an answer',
	references: ['RFC 9293 §3.5.3', 'RFC 3261 §18.4'],
	explanation: {
		means: 'The TCP connection came up, and was reset or closed before the REGISTER was answered.',
		causes: [
			'The port speaks TLS or another protocol.',
			'The server closes connections of unknown addresses or domains.',
			'A firewall resets connections with SIP in them.',
		],
		confirm: 'Capture at both ends: who sent the reset? Compare TTL with the packets before.',
		lookAlikes: [
			'A connection closed after the answer is normal.',
			'A connection that ends with a TLS alert, or with an answer that is no SIP, has a better name.',
		],
	},
	fix: [
		{ who: 'provider', what: 'Look for the reason in the log of the server at this time.' },
		{ who: 'phone', what: 'Check port and transport: TLS is usually on 5061.' },
	],
	check: (subject) =>
		cutVerdict(subject, {
			isMeant: ({ outcome }) => outcome === 'reset' || outcome === 'closed',
			confidence: ({ by }) => (by === 'middle' ? 'strong' : 'proven'),
			meaning: ({ by, outcome }, server) =>
				by === 'middle'
					? `The TCP connection to ${server} is cut by somebody on the path before the REGISTER is answered.`
					: `${server} ${outcome === 'closed' ? 'closes' : 'cuts'} the TCP connection before it answers the REGISTER.`,
		}),
});
