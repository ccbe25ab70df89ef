import { describeStatus, serverWords } from '../../registration/attempt-facts.js';
import { answeringCredentials, authenticationSteps } from '../../registration/authentication.js';
import { type Refusal, refusedCredentials } from '../../registration/refusal.js';
import type { Registration } from '../../registration/registration.js';
import { atOneServer } from '../../registration/source-index.js';
import { computedOtherwise } from '../computed-otherwise.js';
import { evidenceOf, inOrder } from '../evidence.js';
import type { Confidence } from '../finding.js';
import { defineRule, SILENT, type Subject, type Verdict } from '../rule.js';

export default defineRule({
	id: 'digest-uri-mismatch',
	severity: 'fatal',
	title: 'The digest uri is not the Request-URI, or the response was computed over another uri',
	references: ['RFC 7616 §3.4.6', 'RFC 3261 §22.4'],
	explanation: {
		means:
			'The uri enters the response. The phone writes another uri than the Request-URI of the same REGISTER, and the server compares them or computes with its own; or the phone hashed another uri than it writes.',
		causes: [
			'The phone leaves out the port or a parameter such as ;transport= in the one place and not in the other.',
			'Registrar and outbound proxy are set to different names, ports or transports.',
			'A proxy or SBC rewrites the Request-URI before a server that compares it.',
		],
		confirm:
			'Compare uri= in Authorization with the first line of the same REGISTER; with --accounts the response is recomputed over either.',
		lookAlikes: [
			'Most servers take the uri of the credentials and accept a difference: it is no fault where the phone registers.',
			'A proxy may change the Request-URI on its way (RFC 3261 §22.4): look at the side of the phone.',
			'With a wrong password the difference does not matter yet.',
		],
	},
	fix: [
		{
			who: 'phone',
			what: 'Set registrar and proxy to the same host, port and transport, or update the firmware, so that uri= is the Request-URI.',
		},
		{ who: 'registrar', what: 'Verify with the uri that stands in the credentials.' },
	],
	check(subject) {
		return computedOtherwise(subject, 'digest-uri-mismatch') ?? fromStructure(subject);
	},
});

/** The two uris of one message differ; whether that is why it was refused is another question. */
function fromStructure(subject: Subject): Verdict {
	const refusal = refusedCredentials(subject.attempt, subject.steps);
	if (refusal === undefined || refusal.stale || refusal.round.answered.request.cut) return SILENT;
	const { request } = refusal.round.answered;
	const uri = answeringCredentials(refusal.round)?.uri;
	const { requestUri } = request.message;
	if (uri === undefined || uri === requestUri) return SILENT;
	const { registration, index } = subject;
	if (atOneServer(registration, index).some(wasAccepted)) return SILENT;
	const confidence = confidenceOf(subject, refusal);
	if (confidence === undefined) return SILENT;
	const status = describeStatus(refusal.final);
	const otherwise = confidence === 'possible' ? '; most servers accept that' : '';
	return {
		kind: 'fires',
		confidence,
		summary: `The phone writes uri "${uri}" into the credentials of a REGISTER for "${requestUri}" (${difference(uri, requestUri)}), and the server answers ${status}${otherwise}.`,
		evidence: inOrder(
			evidenceOf(request, 'Authorization uri', `"${uri}"`),
			evidenceOf(request, 'Request-URI', `"${requestUri}"`),
			evidenceOf(refusal.final, 'Status', status),
		),
	};
}

/** Undefined where the response says that something else is wrong. */
function confidenceOf(
	{ isProbe, digestCheck }: Subject,
	{ round, final }: Refusal,
): Confidence | undefined {
	const words = [final.message.reasonPhrase, ...serverWords(final.message)];
	if (words.some((text) => /\buri\b/i.test(text))) return 'strong';
	const check = digestCheck(round.answered).kind;
	if (check === 'does-not-verify' || final.message.statusCode === 403) return undefined;
	return check === 'verifies' && !isProbe ? 'likely' : 'possible';
}

/** A REGISTER with such a difference was accepted by this registrar before or after. */
function wasAccepted({ attempts }: Registration): boolean {
	return attempts
		.filter(({ outcome }) => outcome === 'registered' || outcome === 'unregistered')
		.flatMap((attempt) => authenticationSteps(attempt).at(-1) ?? [])
		.some(({ credentials, request }) =>
			credentials.some(({ digest }) => digest.uri !== request.message.requestUri),
		);
}

/** In what two uris differ, the least first. */
function difference(one: string, other: string): string {
	const steps: readonly (readonly [string, (uri: string) => string])[] = [
		['only upper and lower case differ', (uri) => uri.toLowerCase()],
		['only the parameters differ', (uri) => uri.replace(/[;?].*$/, '')],
		['only the port differs', (uri) => uri.replace(/:\d+$/, '')],
		['only the scheme differs', (uri) => uri.replace(/^sips?:/, '')],
		['only the user differs', (uri) => uri.replace(/^[^@]*@/, '')],
	];
	for (const [words, strip] of steps) if (strip(one) === strip(other)) return words;
	return 'the host differs';
}
