import { goesByRequested, refreshesOf } from '../../registration/refreshes.js';
import { lateRefreshVerdict } from '../late-refresh-verdict.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'refresh-too-late',
	severity: 'degraded',
	title: 'The phone refreshes its registration after it has run out',
	references: ['RFC 3261 §10.2.4', 'RFC 3261 §10.2.1'],
	explanation: {
		means:
			'A binding lasts as long as the 200 says. The phone sends its next REGISTER when that time is over; in between calls do not find it, again and again.',
		causes: [
			'The phone refreshes exactly at the end and not before it.',
			'Its timer is wrong, or it is too busy.',
			'A fixed registration period of the phone is longer than what is granted.',
		],
		confirm: 'Compare expires of the own Contact in the 200 with the time to the next REGISTER.',
		lookAlikes: [
			'A phone that was switched off, slept or was restarted.',
			'A phone that tried in time and was not answered: its REGISTERs are in a capture at the phone, and may have been lost before they came to another place.',
			'A phone whose name server did not answer meanwhile: it could not know where to send.',
			'A TCP connection that stood still while the line was down: what the phone sent waited in the phone.',
			'A capture with gaps: CSeq has jumped.',
		],
	},
	fix: [
		{
			who: 'phone',
			what: 'Let it refresh at half the time granted, or some seconds before its end.',
		},
	],
	check({ attempt, registration, vantage }) {
		if (attempt !== registration.decisive || attempt.outcome !== 'registered') return SILENT;
		const late = refreshesOf(registration).late.filter((one) => !goesByRequested(one));
		// Farther away a REGISTER that the line held up or lost looks the same, and so does one over TCP, which waits in the
		// phone for what was sent before it.
		const isOfPhone = vantage.vantage === 'client' && registration.target.transport === 'udp';
		return lateRefreshVerdict(late, '', isOfPhone ? 'likely' : 'possible');
	},
});
