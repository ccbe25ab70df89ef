import { formatEndpoint } from '../../net/endpoint.js';
import { lastTransaction } from '../../registration/attempt-facts.js';
import { addressesIn, isSinkhole } from '../../registration/lookups.js';
import { nameFailures } from '../../registration/name-failure.js';
import { isFailed } from '../../registration/outcome.js';
import type { Attempt, Registration } from '../../registration/registration.js';
import { answerForNonsense } from '../../registration/server-choice.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { resolutionVerdict } from '../resolution-verdict.js';
import { defineRule, SILENT, type Verdict } from '../rule.js';

export default defineRule({
	id: 'dns-rewritten',
	severity: 'degraded',
	title: 'The name server answers with an address that is not the registrar',
	references: ['RFC 1035 §4.1.1', 'RFC 8499'],
	explanation: {
		means:
			'Somebody answers in place of the domain: a filter with 0.0.0.0 or 127.0.0.1, or an access provider that sends every unknown name to its search page. The phone sends its REGISTER there, or nowhere.',
		causes: [
			'A DNS filter (Pi-hole, a security service) blocks the name.',
			'The name does not exist, and the resolver of the access provider does not say so.',
			'A captive portal that was not passed yet.',
		],
		confirm: 'Ask the same resolver for a name that cannot exist: the same address proves it.',
		lookAlikes: [
			'A server that is really on this host (127.0.0.1) is asked for by its address.',
			'An internal name server may rightly give another, private address: dns-split-horizon.',
		],
	},
	fix: [
		{ who: 'site-network', what: 'Allow the name in the filter, or use another resolver.' },
		{ who: 'phone', what: 'Check the spelling of the domain or the outbound proxy.' },
	],
	check(subject) {
		const { attempt, registration } = subject;
		const filtered = resolutionVerdict(subject, ['sinkhole'], ({ name, words }) => {
			const address = words.slice(words.lastIndexOf(' ') + 1);
			return `${name} is answered with ${address}, which is the address of nobody.`;
		});
		if (filtered.kind === 'fires') return { ...filtered, severity: 'fatal' };
		if (nameFailures(attempt, registration.lookups).length > 0) return SILENT;
		const sunk = sentToNobody(attempt, registration);
		if (sunk !== undefined) return sunk;
		const answers = answerForNonsense(attempt, registration);
		if (answers === undefined) return SILENT;
		const { real, nonsense, address } = answers;
		return {
			kind: 'fires',
			confidence: 'strong',
			severity: 'fatal',
			summary: `The name server gives ${address} for ${real.name}, and the same for ${nonsense.name}, which cannot be the registrar; nobody answers there.`,
			evidence: inOrder(
				evidenceOf(real, 'DNS', `${real.name}: ${addressesIn(real).join(', ')}`),
				evidenceOf(nonsense, 'DNS', `${nonsense.name}: ${addressesIn(nonsense).join(', ')}`),
			),
		};
	},
});

/** The phone believed it, where the capture shows what the phone sent to itself. */
function sentToNobody(attempt: Attempt, { lookups }: Registration): Verdict | undefined {
	const phone = lastTransaction(attempt)?.phone;
	const address = phone?.server.address;
	if (!isFailed(attempt.outcome) || phone === undefined || address === undefined) return undefined;
	if (phone.responses.length > 0 || !isSinkhole(address)) return undefined;
	const answer = lookups.find((event) => addressesIn(event).includes(address));
	if (answer === undefined) return undefined;
	return {
		kind: 'fires',
		confidence: 'strong',
		severity: 'fatal',
		summary: `${answer.name} is answered with ${address}, which is the address of nobody, and the REGISTER goes there.`,
		evidence: inOrder(
			evidenceOf(answer, 'DNS', `${answer.name}: ${addressesIn(answer).join(', ')}`),
			evidenceOf(phone.request, 'REGISTER', `to ${formatEndpoint(phone.server)}`),
		),
	};
}
