import { describeStatus, lastTransaction } from '../../registration/attempt-facts.js';
import { isRefused } from '../../registration/outcome.js';
import { ownAccountLeg } from '../../registration/own-account-leg.js';
import { displayText } from '../../sip/display-text.js';
import { isChallenge } from '../../sip/status-codes.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'sbc-account-refused',
	severity: 'fatal',
	title: 'The registrar refuses the account with which the SBC registers for the phone',
	references: ['RFC 3261 §10.2', 'RFC 7092 §3.1'],
	explanation: {
		means:
			'The SBC authenticates the phone itself and then registers at the registrar in its own name, with a Call-ID and credentials of its own. The registrar refuses these, and the SBC refuses the phone because of it. Password and settings of the phone have nothing to do with it.',
		causes: [
			'User name, password or realm of the account at the SBC are wrong or were changed.',
			'The account is locked, not paid, or not allowed from the address of the SBC.',
			'The SBC sends another domain or user than the registrar knows.',
		],
		confirm:
			'Look at the REGISTER between SBC and registrar alone: analyze a capture of that leg with the account of the SBC.',
		lookAlikes: [
			'An SBC that passes the challenge of the registrar on to the phone has no account of its own.',
			'A 401 that the SBC answers with credentials at once is the usual challenge.',
			'A registration of a PBX with its provider is one of its own, whatever its phones do.',
		],
	},
	fix: [
		{
			who: 'sbc',
			what: 'Correct the account that the SBC registers with at the registrar: user, password, realm and domain.',
		},
		{ who: 'registrar', what: 'Look at why this account is refused from the address of the SBC.' },
	],
	check({ attempt }) {
		const last = lastTransaction(attempt);
		const own = last === undefined ? undefined : ownAccountLeg(last);
		const answer = own?.hop.final;
		if (last === undefined || own === undefined || answer === undefined) return SILENT;
		const { statusCode } = answer.message;
		if (!isRefused(attempt.outcome) || statusCode < 400) return SILENT;
		// Without credentials it was only asked for some, and the answer to that is not in the capture.
		if (own.username === undefined && isChallenge(statusCode)) return SILENT;
		const { hop, username } = own;
		const { final } = last.phone;
		const user = username === undefined ? 'without credentials' : `user "${displayText(username)}"`;
		const said = describeStatus(answer);
		return {
			kind: 'fires',
			confidence: 'strong',
			summary: `On the leg SBC ${hop.client.address} → registrar ${hop.server.address} the SBC registers with an account of its own (${user}) and is answered ${said}; the phone is told ${final === undefined ? 'nothing' : describeStatus(final)}.`,
			evidence: inOrder(
				evidenceOf(hop.request, 'REGISTER of the SBC', user),
				evidenceOf(answer, 'Status', `${said} to the SBC`),
				...evidenceIf(
					final,
					'Status',
					final === undefined ? '' : `${describeStatus(final)} to the phone`,
				),
			),
		};
	},
});
