import { seconds } from '../../registration/attempt-facts.js';
import { retryStorm } from '../../registration/retry-storm.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'retry-storm',
	severity: 'risk',
	title: 'The phone repeats a failed registration every few seconds',
	references: ['RFC 3261 §22.2', 'RFC 5626 §4.5', 'RFC 3261 §21.5.4'],
	explanation: {
		means:
			'One failure follows the other without a pause. Servers take that for an attack: they ban the address, and with it every phone of the site; and a server that has come back is overrun.',
		causes: [
			'A retry interval of a few seconds in the account.',
			'Firmware that does not wait longer after each failure.',
		],
		confirm: 'Look at the time between the failures, and at bans on the server.',
		lookAlikes: [
			'Challenge and credentials are one attempt, however fast.',
			'Another server that is tried after the first one failed.',
		],
	},
	fix: [
		{
			who: 'phone',
			what: 'Set the retry interval after a failure to 30 s at least, growing (RFC 5626 §4.5).',
		},
	],
	check({ attempt, registration }) {
		if (attempt !== registration.decisive && attempt !== registration.attempts.at(-1))
			return SILENT;
		const storm = retryStorm(registration);
		if (storm === undefined) return SILENT;
		const before =
			storm.before === 0 ? '' : `; ${storm.before.toLocaleString('en-US')} like them came before`;
		return {
			kind: 'fires',
			confidence: 'proven',
			summary: `${storm.count.toLocaleString('en-US')} failed attempts followed one another within ${seconds(storm.longestPauseMs)} each, over ${seconds(storm.spanMs)}${before}.`,
			evidence: inOrder(
				evidenceOf(storm.first, 'REGISTER', 'first of them'),
				evidenceOf(storm.last, 'REGISTER', `last of ${storm.count}`),
			),
		};
	},
});
