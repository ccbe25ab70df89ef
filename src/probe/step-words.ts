/*
 * The words of a probe's checklist. They name the values; nothing here prints a credential: challenges are named by
 * scheme, algorithm, realm and qop, credentials by their username alone.
 */
import { firstHeader } from '../sip/header-fields.js';
import type { Challenge } from '../sip/headers/authenticate.js';
import { readRetryAfter } from '../sip/headers/retry-after.js';
import type { SipResponse } from '../sip/message.js';
import type { ChallengeSeen } from './authentication.js';
import { clipped, quoted } from './checklist.js';
import type { ProbeStep } from './probe-step.js';
import type { ProbeTransportName, TransportFailure } from './transport.js';

/** `403 Forbidden`, with Retry-After and Warning where the server sent them. */
export function statusWords(response: SipResponse): string {
	const words = [`${response.statusCode} ${clipped(response.reasonPhrase)}`.trim()];
	const retry = readRetryAfter(response);
	if (retry?.ok === true) words.push(`Retry-After ${retry.value.seconds} s`);
	const warning = firstHeader(response, 'warning');
	if (warning !== undefined) words.push(`Warning ${clipped(warning.value)}`);
	for (const name of serverWishes(response)) {
		const field = firstHeader(response, name.toLowerCase());
		if (field !== undefined) words.push(`${name} ${clipped(field.value)}`);
	}
	const contact = isRedirect(response) ? firstHeader(response, 'contact') : undefined;
	if (contact !== undefined) words.push(`it points to ${clipped(contact.value)}`);
	return words.join(', ');
}

/** Header fields that say what the server wants instead. */
function serverWishes({ statusCode }: SipResponse): readonly string[] {
	switch (statusCode) {
		case 405:
			return ['Allow'];
		case 420:
			return ['Unsupported'];
		case 421:
			return ['Require'];
		case 423:
			return ['Min-Expires'];
		// RFC 3329 §2.3.1: the mechanisms of the Security-Agreement that the server takes.
		case 494:
			return ['Security-Server', 'Require'];
		default:
			return [];
	}
}

function isRedirect({ statusCode }: SipResponse): boolean {
	return statusCode >= 300 && statusCode < 400;
}

/** What the socket was told, in words that claim no more. */
export function failureWords(failure: TransportFailure): string {
	if (failure.kind === 'tls' || failure.kind === 'websocket') return failure.why;
	if (failure.kind === 'connection') {
		const errno = failure.errno === undefined ? '' : ` (${failure.errno})`;
		switch (failure.outcome) {
			case 'refused':
				return `the connection was refused${errno}: nothing listens there, or a firewall says so`;
			case 'timed-out':
				return `the connection did not come up in time${errno}`;
			case 'reset':
				return failure.errno === undefined
					? 'the server closed the connection without an answer'
					: `the connection was cut${errno}`;
		}
	}
	const told = `(${failure.errno}; who sent it, a socket is not told)`;
	if (failure.errno === 'EPERM') return "this machine's own packet filter prohibits it (EPERM)";
	switch (failure.reason) {
		case 'port':
			return `ICMP says that the port is unreachable ${told}: nothing listens there, or a firewall says so`;
		case 'admin-prohibited':
			return `a firewall or router prohibits it ${told}`;
		case 'host':
			return `the host is unreachable, or a firewall says so ${told}`;
		case 'network':
			return `the network is unreachable, or a firewall says so ${told}`;
		case 'fragmentation-needed':
			return `a router says that the packet is too big to pass ${told}`;
		case 'other':
			return `the socket failed (${failure.errno})`;
	}
}

/** `no answer in 32 s, sent 11 times`. */
export function silenceWords(name: ProbeTransportName, timeoutMs: number, sends: number): string {
	const times = sends === 1 ? 'sent once' : `sent ${sends} times`;
	const why =
		name === 'udp'
			? ': a filter on the way, a dead host and a server that ignores it look the same from here'
			: ': the connection stands, the server says nothing';
	return `no answer in ${timeoutMs / 1000} s, ${times}${why}`;
}

/** The `challenge` step, every offer named. */
export function challengeStep(
	{ offered, chosen }: ChallengeSeen,
	forcedAlgorithm: string | undefined,
): Pick<ProbeStep, 'state' | 'text'> {
	if (offered.length === 0) {
		return { state: 'failed', text: 'the challenge has no header field that can be read' };
	}
	const offers = offered.slice(0, MAX_OFFERS).map(offerWords).join('; ');
	if (chosen === undefined) {
		const wanted =
			forcedAlgorithm === undefined
				? 'none of them can be answered'
				: `${clipped(forcedAlgorithm)} is not among them`;
		return { state: 'failed', text: `offered: ${offers}; ${wanted}` };
	}
	return { state: 'ok', text: `offered: ${offers}; ${nameOf(chosen)} is taken` };
}

const MAX_OFFERS = 10;

function offerWords(challenge: Challenge): string {
	const { digest, parameters } = challenge;
	const realm = `realm ${quoted(parameters.get('realm') ?? '')}`;
	if (digest === undefined) {
		// RFC 8898 §2.1.1: where a token is to be had, and what was wrong with one.
		const more = ['authz_server', 'scope', 'error'].flatMap((name) => {
			const value = parameters.get(name);
			return value === undefined ? [] : [`${name} ${quoted(value)}`];
		});
		return `${nameOf(challenge)} (${[realm, ...more].join(', ')})`;
	}
	const qop = digest.qop.length === 0 ? 'no qop' : `qop ${clipped(digest.qop.join(','))}`;
	return `${nameOf(challenge)} (${realm}, ${qop})`;
}

/** The algorithm of a Digest challenge, else the scheme. */
function nameOf({ scheme, digest }: Challenge): string {
	return clipped(digest === undefined ? scheme : (digest.algorithm ?? 'MD5'));
}
