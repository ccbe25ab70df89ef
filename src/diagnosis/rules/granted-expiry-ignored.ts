import { goesByRequested, refreshesOf } from '../../registration/refreshes.js';
import { lateRefreshVerdict } from '../late-refresh-verdict.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'granted-expiry-ignored',
	severity: 'degraded',
	title: 'The phone refreshes by the time that it asked for, not by the one it was granted',
	references: ['RFC 3261 §10.2.4', 'RFC 3261 §10.3'],
	explanation: {
		means:
			'The registrar or SBC grants a shorter time than the phone asked for, as it may. The phone comes back when its own time is over: until then it is not registered, and comes and goes all day.',
		causes: [
			'Firmware that does not read expires in the Contact or in the Expires header of the 200.',
			'The 200 lists several Contacts, and the phone reads the time of the wrong one.',
		],
		confirm: 'Compare expires of the own Contact in the 200 with the time to the next REGISTER.',
		lookAlikes: [
			'A phone that was switched off, slept or was restarted comes back late as well.',
			'A shorter time granted is no fault: an SBC keeps NAT mappings open with it.',
			'REGISTERs that the capture lacks show as a jump of CSeq.',
		],
	},
	fix: [
		{
			who: 'phone',
			what: 'Set its registration period to the one that is granted, or lower; update firmware.',
		},
		{ who: 'registrar', what: 'Until then grant the time that the phone asks for.' },
	],
	check({ attempt, registration }) {
		if (attempt !== registration.decisive || attempt.outcome !== 'registered') return SILENT;
		const late = refreshesOf(registration).late.filter(goesByRequested);
		return lateRefreshVerdict(late, ', when the time it had asked for was over');
	},
});
