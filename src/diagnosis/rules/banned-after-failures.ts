import { formatEndpoint } from '../../net/endpoint.js';
import {
	describeSends,
	describeStatus,
	lastTransaction,
	seconds,
} from '../../registration/attempt-facts.js';
import { type BannedNeighbour, bannedNeighbour } from '../../registration/banned-neighbour.js';
import { failedAuthenticationsBefore } from '../../registration/failed-authentications.js';
import { elapsedMs } from '../../time/instant.js';
import type { ClientTransaction } from '../../transaction/client-transaction.js';
import { evidenceIf, evidenceOf, inOrder, lastCopyOf } from '../evidence.js';
import { defineRule, SILENT, type Verdict } from '../rule.js';

/** What the strictest usual settings of fail2ban and its like count up to. */
const MINIMUM_FAILURES = 3;
/** Enough where the password is known to be wrong: some ban sooner, and without the ban it would be refused again. */
const MINIMUM_WRONG = 2;

export default defineRule({
	id: 'banned-after-failures',
	severity: 'fatal',
	title: 'After a run of failed authentications the server answers no more: a ban',
	references: ['RFC 3261 §22.1', 'RFC 3261 §17.1.2.2'],
	explanation: {
		means:
			'The server refused the credentials several times, and then nothing comes back from it at all. So does a server that bans an address: it drops every packet, also with right credentials and of other phones behind the same address.',
		causes: [
			'The password (or authentication name) on the phone is wrong, and the phone tries again every few seconds.',
			'fail2ban, pike, an SBC or the protection of the provider banned the address.',
			'Another phone behind the same public address has the wrong password.',
		],
		confirm:
			'Look for the address in the list of bans; from another address the server answers at once. A ban ends by itself after minutes to hours.',
		lookAlikes: [
			'A server that goes down by chance after refused passwords looks the same; then other phones are silent too.',
			'Refusals with stale=true are no failures.',
		],
	},
	fix: [
		{
			who: 'phone',
			what: 'Correct password and authentication name first, otherwise the next ban follows; let the phone wait longer between tries.',
		},
		{ who: 'registrar', what: 'Lift the ban of the address (fail2ban-client unban ADDRESS).' },
		{ who: 'provider', what: 'Lift the ban; name the limit and how long a ban lasts.' },
	],
	check({ attempt, registration, digestCheck, index }) {
		const transaction = lastTransaction(attempt)?.phone;
		if (attempt.outcome !== 'unanswered' || transaction === undefined) return SILENT;
		if (transaction.responses.length > 0) return SILENT;
		const failures = failedAuthenticationsBefore(attempt, registration);
		const [first] = failures;
		const last = failures.at(-1);
		// Of many that were all alike only the first and the latest are kept.
		const count = failures.reduce((sum, { times }) => sum + times, 0);
		const wrong = last !== undefined && digestCheck(last).kind === 'does-not-verify';
		const minimum = wrong ? MINIMUM_WRONG : MINIMUM_FAILURES;
		if (count < minimum || first === undefined || last?.final === undefined) {
			const neighbour = bannedNeighbour(attempt, registration, index, MINIMUM_FAILURES);
			return neighbour === undefined ? SILENT : becauseOf(neighbour, transaction);
		}
		const within = seconds(elapsedMs(first.request.at, last.final.at));
		return {
			kind: 'fires',
			confidence: count < MINIMUM_FAILURES ? 'likely' : 'strong',
			summary: `${formatEndpoint(transaction.server)} refused ${count} sets of credentials within ${within}, then REGISTER was sent ${describeSends(transaction)} and nothing came back.`,
			evidence: inOrder(
				evidenceOf(first.request, 'Authorization', 'the first of the refused credentials'),
				evidenceOf(
					last.final,
					'Status',
					`${describeStatus(last.final)}, refusal ${count}${wrong ? '; the response does not verify with the password given' : ''}`,
				),
				evidenceOf(transaction.request, 'REGISTER', 'the first without an answer'),
				...lastCopyOf(transaction),
			),
		};
	},
});

/** The address is banned, and this phone has it as well. */
function becauseOf(neighbour: BannedNeighbour, own: ClientTransaction): Verdict {
	const { registration, address, failures, count, silent, answersOthers } = neighbour;
	const last = failures.at(-1)?.final;
	const aor = `another phone, ${registration.aor ?? 'of no name'}`;
	return {
		kind: 'fires',
		confidence: answersOthers ? 'strong' : 'likely',
		summary: `${formatEndpoint(own.server)} refused ${count} sets of credentials of ${aor}, behind the same ${address}, and since then answers nobody from there${answersOthers ? ', while it answers others' : ''}: REGISTER was sent ${describeSends(own)} and nothing came back.`,
		evidence: inOrder(
			evidenceOf(own.request, 'REGISTER', 'the first without an answer'),
			...evidenceIf(last, 'Status', `refusal ${count} of ${aor}`),
			evidenceOf(silent.request, 'REGISTER', `of ${aor}, without an answer too`),
		),
		fix: [
			{
				who: 'phone',
				what: `Correct the password of ${registration.aor ?? 'that phone'}: its failures ban the address of all phones of the site.`,
			},
			{ who: 'registrar', what: `Lift the ban of ${address}, and count failures by account.` },
		],
	};
}
