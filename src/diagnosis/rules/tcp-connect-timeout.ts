import { connectVerdict } from '../connection-verdict.js';
import type { Fix } from '../finding.js';
import { defineRule } from '../rule.js';

/** The network did its work. */
const AT_SERVER: readonly Fix[] = [
	{
		who: 'provider',
		what: 'Check the firewall of the server, bans, and that its software runs and listens there.',
	},
];

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
	check(subject) {
		const isAtServer = subject.vantage.vantage === 'server';
		const verdict = connectVerdict(subject, {
			isMeant: ({ outcome, refusal }) => outcome === 'timed-out' && refusal === undefined,
			meaning({ copies }, server) {
				if (copies === undefined) return `${server} does not answer the TCP connection.`;
				if (isAtServer) return `${copies} SYNs arrive at ${server}, and it answers none of them.`;
				return `${server} does not answer the TCP connection: ${copies} SYNs, nothing came back.`;
			},
		});
		return verdict.kind === 'fires' && isAtServer ? { ...verdict, fix: AT_SERVER } : verdict;
	},
});
