import { describeStatus } from '../../registration/attempt-facts.js';
import { answeringCredentials } from '../../registration/authentication.js';
import {
	changedSource,
	isTakenElsewhere,
	refusedForChange,
} from '../../registration/changed-identity.js';
import { nonceTie } from '../../registration/nonce-binding.js';
import { isStaleRefusal } from '../../registration/refused-round.js';
import { atOneServer } from '../../registration/source-index.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { presumption } from '../presumption.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'source-address-changed',
	severity: 'fatal',
	title: 'The answer to the challenge comes from another address than the one challenged',
	references: ['RFC 7616 §5.4', 'RFC 3261 §18.2.1', 'RFC 4787 §4.1'],
	explanation: {
		means:
			'Between the challenge and the credentials the public address of the phone changed. A registrar that ties its nonce to the source address (Asterisk PJSIP always does) takes it for stolen or stale and challenges again, each time anew.',
		causes: [
			'A router with two lines spreads packets over both.',
			'A carrier-grade NAT without paired pooling gives each connection another address.',
			'The line was reconnected, or a VPN came up, at this very moment.',
		],
		confirm:
			'Compare received= in the Via of both answers, or at the server the source addresses of both REGISTERs.',
		lookAlikes: [
			'Another source port alone is no matter: registrars ignore it.',
			'A new address between two refreshes is healthy; only between challenge and answer it hurts.',
			'A cluster that does not share nonces loops in the same way: there the server address changes.',
		],
	},
	fix: [
		{
			who: 'site-network',
			what: 'Bind SIP to one line (policy route for the phones or for the address of the provider).',
		},
		{
			who: 'provider',
			what: 'Carrier-grade NAT: use paired address pooling. TCP or TLS helps as well.',
		},
	],
	check(subject) {
		const changes = refusedForChange(subject.attempt, subject.steps, changedSource);
		const last = changes.at(-1);
		if (last === undefined) return SILENT;
		const { challenged, answered } = last.round;
		const { final } = answered;
		const nonce = answeringCredentials(last.round)?.nonce ?? '';
		const tie = nonceTie('source-address', nonce, subject.steps, answered.request.at);
		if (tie === 'free') return SILENT;
		const known = atOneServer(subject.registration, subject.index);
		if (tie === 'may' && isTakenElsewhere(last.round, known, changedSource)) return SILENT;
		// The server itself says that the digest is right (RFC 7616 §3.3), whatever the account given says.
		const isStale = isStaleRefusal(last.round);
		return {
			kind: 'fires',
			confidence: isStale
				? 'strong'
				: presumption(subject, answered, tie === 'tied' ? 'strong' : 'likely'),
			summary: `The challenge went to ${last.before}, the credentials came from ${last.after}${
				changes.length === 1 ? '' : ` (and so ${changes.length} times)`
			}, and the server answers ${final === undefined ? 'nothing' : describeStatus(final)}.`,
			evidence: inOrder(
				evidenceOf(answered.request, 'REGISTER', 'with the nonce of the challenge'),
				...evidenceIf(challenged.final, last.field, `${last.before} at the challenge`),
				...evidenceIf(final, last.field, `${last.after} at the refusal`),
			),
		};
	},
});
