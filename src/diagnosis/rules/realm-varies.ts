import { isRefused } from '../../registration/outcome.js';
import {
	answersFor,
	isRegistrarsOnly,
	type RealmStep,
	realmChanges,
	realmSteps,
} from '../../registration/realm-sequence.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'realm-varies',
	severity: 'fatal',
	title: 'Each challenge is for another realm than the one before',
	references: ['RFC 3261 §22.1', 'RFC 3261 §22.2', 'RFC 7616 §3.3'],
	explanation: {
		means:
			'The phone answers for the realm it was asked for, and the next challenge is for another one, to and fro. Behind one address are several registrars, or one whose realm depends on something that changes; what was right for the one is nothing to the other.',
		causes: [
			'A load balancer in front of registrars that are set up with different realms.',
			'The realm is taken from a header field (From or To domain, Request-URI) that an SBC or a script rewrites.',
			'A move from an old registrar to a new one, with both of them in service.',
			'An SBC that asks itself, with 401 where a proxy asks with 407, and relays to a registrar that asks as well: both want an answer in the same REGISTER, and the phone gives one at a time.',
		],
		confirm:
			'List realm= of all WWW-Authenticate in order: A, B, A. The Server header and the form of the nonce often change with it.',
		lookAlikes: [
			'A registrar behind a proxy that asks as well: 401 and 407, and both want an answer in the same REGISTER.',
			'Two challenges in one response: the phone may answer the one it knows.',
			'The phone keeps answering for one realm: see realm-mismatch.',
		],
	},
	fix: [
		{ who: 'registrar', what: 'Set one fixed realm on all nodes, and share the nonces.' },
		{
			who: 'sbc',
			what: 'Send all requests of one phone to the same registrar. Where the SBC asks for credentials itself, have it ask with 407, or have one of the two ask alone.',
		},
	],
	check({ attempt, steps }) {
		if (!isRefused(attempt.outcome)) return SILENT;
		const sequence = realmSteps(steps);
		const changes = realmChanges(sequence);
		if (!isRegistrarsOnly(sequence) || changes === 0) return SILENT;
		// One change alone: what was answered passed, or went to somebody else; only that nothing followed makes it this.
		const isLast = sequence.at(-1)?.step === steps.at(-1);
		if (changes < 2 && !(isLast && isNewAtTheEnd(sequence))) return SILENT;
		const shown = sequence.slice(-MAX_SHOWN);
		const [first, ...rest] = shown.map(({ offer, realm }) =>
			evidenceOf(offer.response, `${offer.header} realm`, `"${realm}"`),
		);
		if (first === undefined) return SILENT;
		const realms = [...new Set(sequence.map(({ realm }) => `"${realm}"`))];
		return {
			kind: 'fires',
			confidence: changes < 2 ? 'likely' : 'strong',
			summary: `${sequence.length} challenges in a row change between the realms ${realms.slice(0, MAX_SHOWN).join(' and ')}.`,
			evidence: inOrder(first, ...rest),
		};
	},
});

/** The last challenge is for a realm that none before it named, and answers credentials for the one before. */
function isNewAtTheEnd(sequence: readonly RealmStep[]): boolean {
	const last = sequence.at(-1);
	const before = sequence.at(-2);
	return last !== undefined && before !== undefined && answersFor(last.step, before.realm);
}

/** More tell nothing more. */
const MAX_SHOWN = 6;
