import { formatEndpoint, formatHostPort } from '../../net/endpoint.js';
import type { Transport } from '../../net/transport.js';
import type { ProbeEvent } from '../../trace/observed.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineCaptureRule, type ProbedOutcome, SILENT, type Verdict } from '../rule.js';

export default defineCaptureRule({
	id: 'transports-differ',
	severity: 'degraded',
	title: 'What goes over one transport does not go over another',
	references: ['RFC 3261 §18', 'RFC 3263 §4.1'],
	explanation: {
		means:
			'A probe tried the same account over several transports, one after the other. Where it registers over at least one of them, account, password and registrar are right; where it is merely answered (no password was given, or it is wrong), the server is up. What differs is the way.',
		causes: [
			'A firewall lets one transport through and not the other.',
			'A SIP ALG edits or swallows plain SIP, over UDP mostly, and cannot see what TLS carries.',
			'The server does not listen there (behind a firewall that says nothing, this looks like a filter), or its certificate does not verify.',
		],
		confirm:
			'Read the cause of each registration, and probe the failing transport again from another network.',
		lookAlikes: [
			'A provider may offer one transport only, on purpose: its DNS (NAPTR, SRV) says which.',
			'A ban after failed passwords hits every transport alike, the later ones only if it came in between.',
		],
	},
	fix: [
		{ who: 'phone', what: 'Use the transport that registers, TLS where there is the choice.' },
		{
			who: 'site-network',
			what: 'Let the other one through, and switch the SIP ALG of the router off.',
		},
	],
	checkCapture({ registrations }) {
		const tried = registrations.flatMap((one) =>
			one.probe === undefined ? [] : [triedOf(one, one.probe)],
		);
		// A probe of another network is another way.
		const sources = [...new Set(tried.map(({ probe }) => probe.source))];
		const verdicts = sources.map((source) =>
			compared(tried.filter(({ probe }) => probe.source === source)),
		);
		return verdicts.find(({ kind }) => kind === 'fires') ?? SILENT;
	},
});

function compared(tried: readonly Tried[]): Verdict {
	const [first, ...others] = tried;
	const split = splitBy(tried, ({ isUp }) => isUp) ?? splitBy(tried, ({ isSilent }) => !isSilent);
	if (first === undefined || split === undefined) return SILENT;
	const { good, bad } = split;
	const registers = tried.some(({ isUp }) => isUp);
	const failing = bad.map(({ transport, words }) => `${upper(transport)} (${words})`);
	return {
		kind: 'fires',
		confidence: 'strong',
		summary: `It ${registers ? 'registers' : 'is answered'} over ${listed([...good].map(upper))}, not over ${listed([...new Set(failing)])}: ${meaning(bad, good)}.`,
		evidence: inOrder(evidence(first), ...others.map(evidence)),
	};
}

interface Split {
	readonly good: ReadonlySet<Transport>;
	readonly bad: readonly Tried[];
}

/** Those of which it is so over no target beside those of which it is; undefined where all are alike. */
function splitBy(tried: readonly Tried[], isGood: (one: Tried) => boolean): Split | undefined {
	const decided = tried.filter(({ isDecided }) => isDecided);
	const good = new Set(decided.filter(isGood).map(({ transport }) => transport));
	const bad = decided.filter(({ transport }) => !good.has(transport));
	return good.size === 0 || bad.length === 0 ? undefined : { good, bad };
}

interface Tried {
	readonly probe: ProbeEvent;
	readonly transport: Transport;
	readonly server: string;
	readonly isUp: boolean;
	/** It came to an end: not broken off, and this machine has a way there. */
	readonly isDecided: boolean;
	/** Nothing of the server came back. */
	readonly isSilent: boolean;
	/** The network said so, instead of silence. */
	readonly isRefused: boolean;
	/** `no-response`, `403 Forbidden`. */
	readonly words: string;
}

function triedOf(registration: ProbedOutcome, probe: ProbeEvent): Tried {
	const { outcome, cause, finalStatus, path, target } = registration;
	const isUp = outcome === 'registered' || outcome === 'queried' || outcome === 'unregistered';
	const status = finalStatus === undefined ? outcome : `${finalStatus}`;
	return {
		probe,
		// A probe that fell back to TCP for its size still set out over UDP.
		transport: probe.target.transport,
		server:
			path[0] === undefined
				? formatHostPort(target.host, target.port)
				: formatEndpoint(path[0].server),
		isUp,
		isDecided: outcome !== 'open',
		isSilent: outcome === 'unanswered' || outcome === 'unreachable',
		isRefused: outcome === 'unreachable',
		words: isUp ? outcome : (cause?.id ?? status),
	};
}

function meaning(bad: readonly Tried[], good: ReadonlySet<Transport>): string {
	const over = new Set(bad.map(({ transport }) => transport));
	const isSilent = bad.every((one) => one.isSilent);
	const ports = listed([...new Set(bad.map(({ server, transport }) => portOf(server, transport)))]);
	if (!isSilent) return 'the server answers there, and refuses';
	if (over.has('udp') && !good.has('udp')) {
		const isRefused = bad.every((one) => one.isRefused);
		return isRefused
			? `nothing listens on ${ports}, or a filter refuses it`
			: `a filter or a SIP ALG on ${ports}, or a server that takes no UDP`;
	}
	if (over.has('tls') || over.has('wss'))
		return `a filter on ${ports}, or TLS that is not what it should be`;
	return `a filter on ${ports}, or nothing that listens there`;
}

function portOf(server: string, transport: Transport): string {
	return `${upper(transport)} ${server.slice(server.lastIndexOf(':') + 1)}`;
}

function evidence({ probe, transport, server, words }: Tried) {
	return evidenceOf(probe, `Probe over ${upper(transport)}`, `${server}: ${words}`);
}

function upper(transport: Transport): string {
	return transport.toUpperCase();
}

function listed(words: readonly string[]): string {
	if (words.length < 2) return words.join('');
	return `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}
