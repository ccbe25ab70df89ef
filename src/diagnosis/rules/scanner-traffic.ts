import type { ScannerSource, ScannerTraffic } from '../../registration/scanner.js';
import { evidenceOf, inOrder } from '../evidence.js';
import type { Confidence, Evidence, Fix } from '../finding.js';
import { defineCaptureRule, SILENT } from '../rule.js';

/** Sources that are named in the sentence, and in the evidence. */
const MAX_NAMED = 3;
const MAX_EVIDENCE = 20;

export default defineCaptureRule({
	id: 'scanner-traffic',
	severity: 'risk',
	title: 'Somebody looks for names and passwords; no phone of yours does that',
	references: ['RFC 3261 §22', 'RFC 3261 §26.1'],
	explanation: {
		means:
			'Requests of programs that look for SIP servers (OPTIONS), try every number for one that exists, or one number with password after password (REGISTER), or try to call through the server (INVITE). Every SIP server that the internet can reach gets them, day and night. They are listed here and kept out of the registrations, so that their refusals hide no phone.',
		causes: [
			'The SIP port is open to the whole internet.',
			'A machine inside the site runs such a program, or was taken over.',
		],
		confirm:
			'Look the source addresses up: are they customers? Look at the names that were tried, and whether any REGISTER from there was ever accepted.',
		lookAlikes: [
			'A site whose many phones are all refused, behind one NAT: each has its own Contact, comes back with the same name, and some register.',
			'A phone with a wrong password that tries again for ever: one name, and a new nonce each time.',
			'sipcli and kits such as VaxSIPUserAgent also make honest phones; with one name they are taken for one.',
		],
	},
	fix: [
		{
			who: 'registrar',
			what: 'Drop these sources without an answer (fail2ban, pike), answer unknown names like known ones, and use long random passwords.',
		},
		{
			who: 'site-network',
			what: 'Let only the networks of the phones and of the provider reach the SIP port.',
		},
	],
	checkCapture({ scanners }) {
		const { sources } = scanners;
		const [first, ...others] = sources;
		if (first === undefined) return SILENT;
		const accepted = sources.filter((one) => one.accepted !== undefined);
		return {
			kind: 'fires',
			confidence: confidenceOf(sources),
			summary: `${totalWords(scanners)}: ${sources.slice(0, MAX_NAMED).map(inWords).join('; ')}${sources.length > MAX_NAMED ? '; …' : ''}. ${acceptedWords(accepted)}`,
			evidence: inOrder(
				evidence(first),
				...others.slice(0, MAX_EVIDENCE).map(evidence),
				...accepted.slice(0, MAX_EVIDENCE).flatMap(acceptedEvidence),
			),
			...(accepted.length === 0 ? {} : { fix: [CHANGE_PASSWORD, ...this.fix] }),
		};
	},
});

const CHANGE_PASSWORD: Fix = {
	who: 'registrar',
	what: 'Somebody got in: change the password of that account now, remove its bindings, and look at what it called.',
};

function confidenceOf(sources: readonly ScannerSource[]): Confidence {
	return sources.some(({ kind }) => kind === 'tool') ? 'proven' : 'strong';
}

/** Those for which there was no room are counted, too. */
function totalWords({ sources, others }: ScannerTraffic): string {
	const registers = sources.reduce((sum, one) => sum + one.registers, others.registers);
	const addresses = new Set(sources.map(({ address }) => address)).size + others.sources;
	const who = addresses === 1 ? '1 address looks' : `${addresses} addresses look`;
	const requests = sources
		.flatMap((one) => [...one.others.values()])
		.reduce((sum, count) => sum + count, others.requests);
	const counts = [
		...(registers > 0 ? [counted(registers, 'REGISTER')] : []),
		...(requests > 0 ? [counted(requests, registers > 0 ? 'other request' : 'request')] : []),
	];
	return `${who} for ${registers > 0 ? 'names and passwords' : 'servers to misuse'}, with ${counts.join(' and ')}`;
}

function counted(count: number, word: string): string {
	return `${count.toLocaleString('en-US')} ${word}${count === 1 ? '' : 's'}`;
}

function inWords({ address, userAgent, aors, registers, withCredentials, others }: ScannerSource) {
	const agent = userAgent === undefined ? '' : ` (${userAgent})`;
	const count = `${aors.atLeast ? 'at least ' : ''}${aors.count} ${aors.count === 1 ? 'address-of-record' : 'addresses-of-record'}`;
	const password =
		withCredentials === 0 ? 'no password' : `${withCredentials} times with a password`;
	const done = [
		...(registers > 0 ? [`tried ${count}, ${password}`] : []),
		...(others.size > 0 ? [`sent ${methodWords(others)}`] : []),
	];
	return `${address}${agent} ${done.join(', and ')}`;
}

/** `3 OPTIONS, 1 INVITE`. */
function methodWords(others: ScannerSource['others']): string {
	return [...others].map(([method, count]) => `${count} ${method}`).join(', ');
}

function acceptedWords(accepted: readonly ScannerSource[]): string {
	const [first] = accepted;
	if (first === undefined) return 'None was accepted.';
	const who = accepted.map(
		({ address, accepted: guess }) => `${guess?.name ?? ''} from ${address}`,
	);
	return `The server accepted ${who.slice(0, MAX_NAMED).join(', ')}.`;
}

/** The first request of a source, with all that is known of the others. */
function evidence(source: ScannerSource): Evidence {
	const { server, registers, names, statuses, because, kind, last, others } = source;
	const answers = [...statuses].map(([status, count]) => `${count} × ${status}`);
	const requests = [
		...(registers > 0 ? [counted(registers, 'REGISTER')] : []),
		...(others.size > 0 ? [methodWords(others)] : []),
	];
	const text = [
		`${requests.join(' and ')} to ${server} until frame ${last.frame}`,
		...(registers > 0
			? [
					`names ${names.join(', ')}${source.aors.count > names.length ? ' …' : ''}`,
					`answers ${answers.length === 0 ? 'none' : answers.join(', ')}`,
				]
			: []),
		`${KIND_WORDS[kind]}, ${because}`,
	];
	return evidenceOf(source.first, source.address, text.join('; '));
}

const KIND_WORDS = {
	tool: 'a known tool',
	enumeration: 'looks for names',
	guessing: 'guesses passwords',
} as const;

function acceptedEvidence({ accepted, address }: ScannerSource): readonly Evidence[] {
	return accepted === undefined
		? []
		: [evidenceOf(accepted, 'Status', `2xx for ${accepted.name} to ${address}`)];
}
