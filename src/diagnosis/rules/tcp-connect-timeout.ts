import { connectVerdict } from '../connection-verdict.js';
import { defineRule } from '../rule.js';

export default defineRule({
	id: 'tcp-connect-timeout',
	severity: 'fatal',
	title: 'The TCP connection is not answered',
	references: ['RFC 9293 §3.8.3', 'RFC 3261 §18.1.1'],
	explanation: {
		means:
			'The first packet of the connection was repeated, and nothing came back: the host is down, or a firewall drops the packets without a word.',
		causes: ['A firewall drops TCP to this port.', 'The server is down or its address is wrong.'],
		confirm: 'Try UDP to the same server; try from another network.',
		lookAlikes: ['A refused connection is answered at once by a reset.'],
	},
	fix: [
		{ who: 'site-network', what: 'Allow TCP to the registrar outbound.' },
		{ who: 'provider', what: 'Check that the server is up, and that this source is not filtered.' },
	],
	check: (subject) =>
		connectVerdict(subject, {
			isMeant: ({ outcome, refusal }) => outcome === 'timed-out' && refusal === undefined,
			meaning: ({ copies }, server) =>
				copies === undefined
					? `${server} does not answer the TCP connection.`
					: `${server} does not answer the TCP connection: ${copies} SYNs, nothing came back.`,
		}),
});
