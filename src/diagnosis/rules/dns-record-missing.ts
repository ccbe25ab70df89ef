import { nameFailures } from '../../registration/name-failure.js';
import { missingService } from '../../registration/server-choice.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { resolutionVerdict } from '../resolution-verdict.js';
import { defineRule, SILENT, type Subject, type Verdict } from '../rule.js';

export default defineRule({
	id: 'dns-record-missing',
	severity: 'fatal',
	title: 'The name exists, and not the record that the phone asks for',
	references: ['RFC 2308 §2.2', 'RFC 3263 §4.1', 'RFC 3263 §4.2'],
	explanation: {
		means:
			'The name server knows the name, and has no record of the type, or for the transport, that the phone asks for: there is nowhere to send the REGISTER, or it goes where the service is not.',
		causes: [
			'The domain has only SRV or NAPTR records, and the phone asks for an address.',
			'The phone asks only for SRV, and the name is a plain host.',
			'The domain offers another transport than the phone uses (SRV for TCP or TLS only).',
			'The record was forgotten or removed.',
		],
		confirm: 'Ask for NAPTR, SRV, A and AAAA records of the domain, SRV for each transport.',
		lookAlikes: [
			'NXDOMAIN says that the name does not exist at all.',
			'Phones ask for NAPTR and SRV first, and go on to A where there is none: that is no fault.',
		],
	},
	fix: [
		{
			who: 'phone',
			what: 'Let the phone use SRV and a transport that the domain offers, or enter the host name of the registrar as outbound proxy.',
		},
		{ who: 'provider', what: 'Publish the records for the transports that are served.' },
	],
	check(subject) {
		const atName = resolutionVerdict(subject, ['no-record'], ({ name, type, seen }) =>
			seen.kind === 'resolution'
				? resolvedNowhere(name)
				: `There is no ${type} record for ${name}, and the phone asks for nothing else.`,
		);
		return atName.kind === 'fires' ? atName : offeredOtherwise(subject);
	},
});

/** A probe's resolver; a service is only missing where its SRV record says so (RFC 2782, target `.`). */
function resolvedNowhere(name: string): string {
	return name.startsWith('_')
		? `The SRV record of ${name} says that there is no such service.`
		: `${name} exists and has neither A nor AAAA record.`;
}

/** The REGISTER left, by a transport that the domain does not offer. */
function offeredOtherwise({ attempt, registration }: Subject): Verdict {
	if (nameFailures(attempt, registration.lookups).length > 0) return SILENT;
	const missing = missingService(attempt, registration);
	if (missing === undefined) return SILENT;
	const { used, question, offered, seen, request } = missing;
	const transports = offered.map((one) => one.toUpperCase()).join(' and ');
	return {
		kind: 'fires',
		confidence: 'strong',
		summary: `The DNS offers SIP for ${registration.target.host} over ${transports}, and the phone sent its REGISTER over ${used.toUpperCase()}, where nobody answers.`,
		evidence: inOrder(
			evidenceOf(question, 'DNS', `${question.type} ${question.name}: ${question.outcome}`),
			evidenceOf(seen, 'DNS', `${seen.type} ${seen.name}: over ${transports}`),
			evidenceOf(request, 'REGISTER', `over ${used.toUpperCase()}`),
		),
	};
}
