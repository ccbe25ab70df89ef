import { describeStatus, lastFinal, serverWords } from '../../registration/attempt-facts.js';
import { imsSign } from '../../registration/ims.js';
import { namesUnservedDomain } from '../../registration/refusal-words.js';
import { firstHeader } from '../../sip/header-fields.js';
import { cutVerdict } from '../cut-verdict.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'forbidden-before-challenge',
	severity: 'fatal',
	title: 'The server forbids the registration before it asks for credentials',
	references: ['RFC 3261 §21.4.4', 'RFC 3261 §10.3'],
	explanation: {
		means:
			'A 403 answers a REGISTER without credentials, so no password was looked at. The server decided by what it saw of the sender: source address, user agent, domain or country.',
		causes: [
			'The source address is not allowed for the account, or is banned after failures.',
			'The user agent is on a list of scanners, or not on a list of allowed phones.',
			'The domain is not served, or registration is switched off for the account.',
		],
		confirm:
			'Send the same REGISTER from another network, or with another User-Agent; ask the provider for the reason.',
		lookAlikes: [
			'A 403 is not always the password: here nobody asked for one. A 403 after credentials is about the account, or the password.',
			'The text "not relaying" or "domain not served" says that the domain is wrong.',
		],
	},
	fix: [
		{
			who: 'provider',
			what: 'Check the address list, bans, user-agent filter and the registration permission of the account.',
		},
		{ who: 'phone', what: 'Check domain and registrar address of the account.' },
	],
	check({ attempt, steps }) {
		const final = lastFinal(attempt);
		const last = steps.at(-1);
		if (final?.message.statusCode !== 403 || last === undefined) return SILENT;
		if (last.credentials.length > 0 || steps.some(({ challenges }) => challenges.length > 0))
			return SILENT;
		if (namesUnservedDomain(final.message)) return SILENT;
		// That of a mobile network has reasons of its own.
		if (imsSign(last.request.message) !== undefined) return SILENT;
		if (last.request.cut) {
			const where = ', so credentials may be in the part that is missing';
			return cutVerdict(last.request, 'the REGISTER', where);
		}
		const agent = firstHeader(last.request.message, 'user-agent')?.value;
		const words = serverWords(final.message).join('; ');
		return {
			kind: 'fires',
			confidence: 'strong',
			summary: `${describeStatus(final)} to a REGISTER without credentials from ${last.request.src.address}${agent === undefined ? '' : `, User-Agent "${agent}"`}: no password was asked for.`,
			evidence: inOrder(
				evidenceOf(last.request, 'Authorization', 'none'),
				evidenceOf(final, 'Status', `${describeStatus(final)}${words === '' ? '' : ` (${words})`}`),
			),
		};
	},
});
