import { lastTransaction } from '../../registration/attempt-facts.js';
import { firstHeader } from '../../sip/header-fields.js';
import type { SipMessage } from '../../sip/message.js';
import type { Observed } from '../../trace/observed.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

const TOLERANCE_S = 300;

/** A device without battery begins here. */
const NO_CLOCK_BEFORE_S = Date.UTC(2015, 0, 1) / 1000;

export default defineRule({
	id: 'clock-skew',
	severity: 'risk',
	title: 'The clock of phone or server is wrong',
	references: ['RFC 3261 §20.17'],
	explanation: {
		means:
			'The Date header differs from the time of the capture by minutes or more. Certificates and nonces have lifetimes: with a wrong clock TLS fails, and logs cannot be compared.',
		causes: [
			'No NTP server is configured or reached.',
			'The clock of the machine that captured is the wrong one.',
		],
		confirm: 'Compare the Date header with the clock of the machine, and with that of the capture.',
		lookAlikes: ['A capture whose own clock is wrong shows the same for every device in it.'],
	},
	fix: [
		{ who: 'phone', what: 'Set an NTP server, also by DHCP option 42.' },
		{ who: 'registrar', what: 'Synchronise the clock of the server.' },
		{ who: 'capturer', what: 'Check the clock of the machine that captured.' },
	],
	check({ attempt, registration }) {
		if (attempt !== registration.decisive) return SILENT;
		const phone = lastTransaction(attempt)?.phone;
		const skewed = [phone?.request, phone?.final].flatMap((seen) => {
			const skew = seen === undefined ? undefined : skewOf(seen);
			return seen === undefined || skew === undefined ? [] : [{ seen, ...skew }];
		});
		const [found] = skewed;
		if (found === undefined) return SILENT;
		const { seen, date, offset } = found;
		const who = seen.message.kind === 'request' ? 'phone' : 'server';
		return {
			kind: 'fires',
			confidence:
				offset < 0 && new Date(date).getTime() / 1000 < NO_CLOCK_BEFORE_S ? 'strong' : 'possible',
			summary: `The ${who} writes Date: ${date}, ${inWords(offset)} the clock of the capture.`,
			evidence: inOrder(evidenceOf(seen, 'Date', date)),
		};
	},
});

/** Seconds that the Date header is ahead; undefined where there is none, or it is near enough. */
function skewOf({
	message,
	at,
}: Observed<SipMessage>): { date: string; offset: number } | undefined {
	const date = firstHeader(message, 'date')?.value;
	if (date === undefined || date.length > 64) return undefined;
	const time = Date.parse(date);
	if (Number.isNaN(time)) return undefined;
	const offset = Math.round(time / 1000 - at / 1_000_000);
	return Math.abs(offset) > TOLERANCE_S ? { date, offset } : undefined;
}

function inWords(offset: number): string {
	const minutes = Math.round(Math.abs(offset) / 60);
	const span =
		minutes < 120
			? `${minutes} minutes`
			: minutes < 2880
				? `${Math.round(minutes / 60)} hours`
				: `${Math.round(minutes / 1440)} days`;
	return `${span} ${offset < 0 ? 'behind' : 'ahead of'}`;
}
