import { describeStatus, lastFinal, lastTransaction } from '../../registration/attempt-facts.js';
import { editedRequestUri } from '../../registration/edited-request-uri.js';
import { type HopRewriting, rewritingBetweenHops } from '../../registration/hop-rewriting.js';
import { isFailed } from '../../registration/outcome.js';
import { rewritingsSeenByPhone } from '../../registration/response-echo.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT, type Subject, type Verdict } from '../rule.js';

/** Answers of a server that did not like what identifies user or domain, or the message itself. */
const IDENTITY_REFUSALS = new Set([400, 403, 404, 410, 416, 484, 604]);

/** Whose change makes another request of it, whatever the registrar is. */
const IDENTITY_FIELDS = new Set(['Request-URI', 'From', 'To', 'Call-ID']);

export default defineRule({
	id: 'sip-alg-corrupts',
	severity: 'fatal',
	title: 'A SIP ALG changes the REGISTER so that the registrar cannot accept it',
	references: ['RFC 3261 §16', 'RFC 3261 §7.3', 'RFC 3261 §10.3'],
	explanation: {
		means:
			'A router that edits SIP left a message behind that is broken, or that names another user or domain than the phone sent. The registrar refuses it or drops it, although phone and account are right.',
		causes: [
			'A SIP ALG replaces every address it knows, also the one that stands for the domain.',
			'It changes the length of a header without the rest of the message, or cuts a long line.',
		],
		confirm:
			'Capture on both sides of the router and compare the same REGISTER, or send it over TLS: there it arrives unchanged.',
		lookAlikes: [
			'A proxy or SBC adds a Via of its own and may change what it likes.',
			'A NAT changes only the addresses of the packet.',
			'A phone that writes a broken REGISTER itself: then both sides show the same.',
		],
	},
	fix: [
		{
			who: 'site-network',
			what: 'Switch the SIP ALG off in router and firewall (MikroTik: /ip firewall service-port disable sip; FortiGate: delete the sip session-helper; others: "SIP ALG" under NAT or WAN).',
		},
		{
			who: 'phone',
			what: 'Use TLS, another server port than 5060, or the name of the domain instead of an address.',
		},
	],
	check(subject) {
		const { attempt } = subject;
		if (!isFailed(attempt.outcome)) return SILENT;
		const last = lastTransaction(attempt);
		const rewriting = last === undefined ? undefined : rewritingBetweenHops(last);
		if (rewriting !== undefined && breaks(rewriting, lastFinal(attempt)?.message.statusCode))
			return seenOnBothSides(rewriting, subject);
		const byPhone = seenByPhone(subject);
		return byPhone.kind === 'silent' ? seenByServer(subject) : byPhone;
	},
});

/** Damage always does; a changed identity where the answer is about the identity, or there is none. */
function breaks({ changes, damage }: HopRewriting, status: number | undefined): boolean {
	if (damage.length > 0) return true;
	if (status !== undefined && !IDENTITY_REFUSALS.has(status)) return false;
	return changes.some(({ field }) => IDENTITY_FIELDS.has(field));
}

function seenOnBothSides(
	{ before, after, changes, damage }: HopRewriting,
	{ attempt }: Subject,
): Verdict {
	const final = lastFinal(attempt);
	const identity = changes.filter(({ field }) => IDENTITY_FIELDS.has(field));
	const what = [...damage, ...identity.map(({ field, text }) => `${field} ${text}`)].join('; ');
	return {
		kind: 'fires',
		confidence: 'proven',
		summary: `Between ${before.src.address} and ${after.dst.address} the REGISTER was changed by a box that is no proxy: ${what}${final === undefined ? '' : `; the answer is ${describeStatus(final)}`}.`,
		evidence: inOrder(
			evidenceOf(before, 'REGISTER', 'as the phone sent it'),
			...[...changes, ...damage.map((text) => ({ field: 'REGISTER', text }))].map(
				({ field, text }) => evidenceOf(after, field, text),
			),
			...evidenceIf(final, 'Status', final === undefined ? '' : describeStatus(final)),
		),
	};
}

/** The registrar refuses the identity, and its answer shows that it was given another one than the phone sent. */
function seenByPhone({ attempt, vantage }: Subject): Verdict {
	const phone = lastTransaction(attempt)?.phone;
	const final = phone?.final;
	if (phone === undefined || final === undefined) return SILENT;
	if (!IDENTITY_REFUSALS.has(final.message.statusCode)) return SILENT;
	const changed = rewritingsSeenByPhone(phone, vantage.vantage).find(
		({ changesHost, confidence, field }) =>
			changesHost && confidence === 'proven' && (field === 'From' || field === 'To'),
	);
	if (changed === undefined) return SILENT;
	return {
		kind: 'fires',
		confidence: 'strong',
		summary: `${changed.text}, and the server answers ${describeStatus(final)}: it was asked for another user than the phone sent.`,
		evidence: inOrder(
			evidenceOf(phone.request, changed.field, 'as the phone sent it'),
			evidenceOf(changed.response, changed.field, changed.text),
			evidenceOf(final, 'Status', describeStatus(final)),
		),
	};
}

/**
 * What the helper never touches (the uri of the credentials, From) against what it edits where the registrar goes by an
 * address (Request-URI, To): a phone writes all four alike.
 */
function seenByServer({ attempt, vantage }: Subject): Verdict {
	const phone = lastTransaction(attempt)?.phone;
	const final = phone?.final;
	if (phone === undefined || final === undefined || vantage.vantage === 'client') return SILENT;
	if (!IDENTITY_REFUSALS.has(final.message.statusCode) || phone.request.cut) return SILENT;
	const edited = editedRequestUri(phone.request.message);
	if (edited === undefined) return SILENT;
	return {
		kind: 'fires',
		confidence: 'strong',
		summary: `Request-URI and To name ${edited.now}, From and the uri of the credentials ${edited.before}: the REGISTER was edited on its way, and the server answers ${describeStatus(final)}.`,
		evidence: inOrder(
			evidenceOf(phone.request, 'Request-URI', edited.now),
			evidenceOf(phone.request, 'Authorization uri', edited.before),
			evidenceOf(final, 'Status', describeStatus(final)),
		),
	};
}
