import { describeStatus, lastFinal } from '../../registration/attempt-facts.js';
import { otherFormOf } from '../../registration/user-forms.js';
import { findToUri } from '../../sip/headers/from-to.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT, type Subject } from '../rule.js';

/** Not found, unsupported URI scheme, address incomplete, gone, does not exist anywhere. */
const STATUS_CODES = [404, 410, 416, 484, 604];

export default defineRule({
	id: 'user-format',
	severity: 'fatal',
	title: 'The user is written otherwise than the registrar knows it',
	references: ['RFC 3261 §10.3', 'RFC 3261 §19.1.4', 'RFC 3261 §21.4.22', 'RFC 3966 §5.1.1'],
	explanation: {
		means:
			'Registrars compare the user of To with their accounts as text, many of them in upper and lower case too. +49 30 …, 004930… and 030… are three users to them. This server does not know the one that the phone sends, and the phone itself shows the same name in another form.',
		causes: [
			'+, 00 or a leading 0 is missing or too much.',
			'A blank, a bracket or a hyphen was entered within the number, or a blank was pasted at its end.',
			'Letters in another case.',
			'tel: in place of sip: (416), or a number that is too short for the dial plan (484).',
		],
		confirm:
			'Compare the user of To with the account in the data of the provider, character by character.',
		lookAlikes: [
			'An authentication name that is quite another one is legal.',
			'The account may not exist at all: see unknown-user.',
		],
	},
	fix: [
		{ who: 'phone', what: 'Enter the user exactly as the provider writes it.' },
		{ who: 'registrar', what: 'Bring numbers into one form before they are compared.' },
	],
	check(subject) {
		const final = lastFinal(subject.attempt);
		const request = subject.attempt.transactions.at(-1)?.phone.request;
		if (final === undefined || request === undefined || request.cut) return SILENT;
		if (!STATUS_CODES.includes(final.message.statusCode)) return SILENT;
		const to = findToUri(request.message);
		if (to === undefined) return SILENT;
		if (final.message.statusCode === 416) {
			return fires(`the URI scheme of To is ${to.scheme}`, subject);
		}
		const user = to.userUnescaped ?? '';
		const [found] = knownNames(subject).flatMap(({ name, from }) => {
			const how = otherFormOf(user, name);
			return how === undefined ? [] : [`To has "${user}", ${from} has "${name}": ${how}`];
		});
		if (found !== undefined) return fires(found, subject);
		if (/^\s|\s$/.test(user))
			return fires(`the user of To, "${user}", has a blank at its end`, subject);
		return final.message.statusCode === 484
			? fires(`to the server the user of To, "${user}", is not complete`, subject)
			: SILENT;

		function fires(what: string, { registration }: Subject) {
			if (final === undefined || request === undefined) return SILENT;
			return {
				kind: 'fires' as const,
				confidence: 'likely' as const,
				summary: `The server answers ${describeStatus(final)}, and ${what}.`,
				evidence: inOrder(
					evidenceOf(request, 'To', registration.aor ?? what),
					evidenceOf(request, 'user', what),
					evidenceOf(final, 'Status', describeStatus(final)),
				),
			};
		}
	},
});

/** The same user as the phone or the account given writes it elsewhere. */
function knownNames({ steps, digestCheck }: Subject) {
	const sent = steps.flatMap(({ credentials }) =>
		credentials.flatMap(({ digest }) => digest.username?.split('@')[0] ?? []),
	);
	const accounts = steps.flatMap((step) => {
		const check = digestCheck(step);
		return check.kind === 'not-checked' ? [] : [check.account.username];
	});
	return [
		...sent.map((name) => ({ name, from: 'the digest username' })),
		...accounts.map((name) => ({ name, from: 'the account given' })),
	];
}
