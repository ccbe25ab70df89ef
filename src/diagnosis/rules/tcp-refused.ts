import { connectVerdict } from '../connection-verdict.js';
import { reporterOf } from '../icmp-words.js';
import { defineRule } from '../rule.js';

export default defineRule({
	id: 'tcp-refused',
	severity: 'fatal',
	title: 'The server refuses the TCP connection',
	references: ['RFC 9293 §3.10.7', 'RFC 3261 §18.1.1'],
	explanation: {
		means:
			'A reset answered the first packet of the connection: the host was reached, and nothing listens on this TCP port, or a firewall refuses in its name.',
		causes: [
			'The server speaks UDP or TLS only.',
			'The port is wrong.',
			'A firewall rejects with a reset.',
		],
		confirm: 'Try UDP to the same port, and the port that the provider names for TCP.',
		lookAlikes: [
			'A connection that comes up and is cut later is tcp-reset.',
			'One target that refuses while the next one answers is failover, and does no harm.',
		],
	},
	fix: [
		{ who: 'registrar', what: 'Let the server listen for SIP over TCP on this port.' },
		{ who: 'phone', what: 'Use the transport and port that the provider names.' },
	],
	check: (subject) =>
		connectVerdict(subject, {
			isMeant: ({ outcome, refusal }) =>
				outcome === 'refused' || refusal?.reason === 'port' || refusal?.reason === 'protocol',
			// A reset with another TTL than the server's is a firewall that speaks in its name.
			confidence: ({ by }) => (by === 'middle' ? 'strong' : 'proven'),
			meaning: ({ by, refusal }, server) =>
				refusal !== undefined
					? `The TCP connection to ${server} is refused: ${reporterOf(refusal)} answers with port unreachable.`
					: by === 'middle'
						? `The TCP connection to ${server} is refused by somebody on the path in the name of the server.`
						: `${server} refuses the TCP connection: nothing listens there.`,
		}),
});
