/** The rules of the group TLS say the same of different reasons: who gave up the handshake, and by what it is known. */
import { formatEndpoint } from '../net/endpoint.js';
import { flowKey, flowOf, isLargeSegmentLost } from '../registration/flow-event.js';
import {
	alertName,
	fitsWildcard,
	type TlsFailure,
	type TlsReason,
	tlsFailureOf,
} from '../registration/tls-failure.js';
import { toRfc3339 } from '../time/instant.js';
import type { TlsEvent } from '../trace/observed.js';
import { evidenceOf, inOrder } from './evidence.js';
import type { Evidence } from './finding.js';
import { SILENT, type Subject, type Verdict } from './rule.js';

/** Fires where the attempt's last TLS handshake failed for this reason. */
export function tlsVerdict(
	subject: Subject,
	reason: TlsReason,
	meaning: (event: TlsEvent, server: string) => string,
): Verdict {
	const found = lastTlsFailure(subject);
	if (found === undefined) return SILENT;
	const { event, failure } = found;
	if (failure.reason !== reason) return hiddenVerdict(event, failure, reason);
	return {
		kind: 'fires',
		confidence: failure.confidence,
		summary: meaning(event, serverName(event)),
		evidence: inOrder(howItEnded(event), ...offered(event), ...certificateEvidence(event)),
	};
}

/** The last handshake of an attempt that no SIP answer ended, and why it failed. */
export function lastTlsFailure({
	attempt,
	plainServers,
}: Subject): { readonly event: TlsEvent; readonly failure: TlsFailure } | undefined {
	if (attempt.outcome !== 'unreachable') return undefined;
	const event = attempt.failures.findLast((each) => each.kind === 'tls' && isFailed(each));
	if (event?.kind !== 'tls') return undefined;
	const failure = tlsFailureOf(event);
	if (failure === undefined) return undefined;
	// What was never delivered is no reason to leave: the size is (mtu-blackhole).
	const isLost = attempt.failures.some(
		(each) => isLargeSegmentLost(each) && flowOf(each) === flowKey(event),
	);
	if (isLost) return undefined;
	return { event, failure: atPlainPort(event, failure, plainServers) };
}

function isFailed(event: TlsEvent): boolean {
	return tlsFailureOf(event) !== undefined;
}

const PLAIN_PORT = 5060;

/** A ClientHello that gets no TLS in return: on a port that speaks plain SIP it was not understood. */
function atPlainPort(
	event: TlsEvent,
	failure: TlsFailure,
	plainServers: ReadonlySet<string>,
): TlsFailure {
	const unanswered = event.reached === 'client-hello' && failure.reason === 'other';
	if (!unanswered || event.alert !== undefined) return failure;
	if (plainServers.has(formatEndpoint(event.dst))) {
		return { ...failure, reason: 'plain-port', confidence: 'strong' };
	}
	return event.dst.port === PLAIN_PORT ? { ...failure, reason: 'plain-port' } : failure;
}

/** What a close without a readable reason may have been: the client refuses a certificate, the server wants one. */
const HIDDEN_FROM = {
	client: ['untrusted', 'name', 'expired'],
	server: ['client-certificate'],
} as const;

function hiddenVerdict(event: TlsEvent, { hidden }: TlsFailure, reason: TlsReason): Verdict {
	const by = event.closedBy;
	if (!hidden || by === undefined) return SILENT;
	const candidates: readonly TlsReason[] = HIDDEN_FROM[by];
	if (!candidates.includes(reason)) return SILENT;
	return {
		kind: 'cannot-tell',
		because: hiddenBecause(event),
		decidedBy:
			by === 'client'
				? "the phone's log, the keys of the session, or the certificate that the server shows to openssl s_client"
				: "the server's log, or the keys of the session",
	};
}

function hiddenBecause({ alert, closedBy, chosenVersion, certificates }: TlsEvent): string {
	const version = chosenVersion ?? 'TLS';
	if (alert !== undefined && alert.description !== 0) {
		const lack =
			certificates.length === 0
				? `${version} does not show the certificate here`
				: 'the name that it wanted to see is not in the capture';
		return `the ${alert.by} refuses the certificate with ${alertName(alert.description)}, which it may say of several faults, and ${lack}`;
	}
	return closedBy === 'client'
		? `the client closed the connection right after the server's flight, and ${version} shows neither certificate nor alert here`
		: `the server closed the connection after its flight, and ${version} shows no alert here`;
}

/** `sip.example.com (203.0.113.5:5061)`. */
function serverName({ serverName: name, dst }: TlsEvent): string {
	return name === undefined ? formatEndpoint(dst) : `${name} (${formatEndpoint(dst)})`;
}

function howItEnded(event: TlsEvent): Evidence {
	const { alert, closedBy, foreignAnswer, reached, verification } = event;
	if (verification !== undefined) return evidenceOf(event, 'Verification', verification.text);
	if (foreignAnswer !== undefined) {
		return evidenceOf(event, 'Answer to the ClientHello', `"${firstLine(foreignAnswer)}"`);
	}
	if (alert !== undefined && alert.description !== 0) {
		const level = alert.level === 2 ? 'fatal' : 'warning';
		return evidenceOf(
			event,
			'TLS alert',
			`${level} ${alertName(alert.description)} from the ${alert.by}`,
		);
	}
	const after = REACHED_WORDS[reached];
	return evidenceOf(event, 'TLS', `closed by the ${closedBy ?? 'peer'} after ${after}`);
}

const REACHED_WORDS: Readonly<Record<TlsEvent['reached'], string>> = {
	'client-hello': 'the ClientHello',
	'server-hello': 'the ServerHello',
	certificate: "the server's certificate",
	'application-data': 'the handshake',
};

/** The first line of what is no TLS, for a sentence. */
export function firstLine(text: string): string {
	return text.split(/\r?\n/, 1)[0]?.trim() ?? '';
}

function offered(event: TlsEvent): readonly Evidence[] {
	const { offeredVersion, chosenVersion, serverName: name } = event;
	const words = [
		...(name === undefined ? ['no server name'] : [`server name ${name}`]),
		...(offeredVersion === undefined ? [] : [`offers up to ${offeredVersion}`]),
		...(chosenVersion === undefined ? [] : [`${chosenVersion} chosen`]),
	];
	return [evidenceOf(event, 'ClientHello', words.join(', '))];
}

function certificateEvidence(event: TlsEvent): readonly Evidence[] {
	const [leaf] = event.certificates;
	if (leaf === undefined) return [];
	const { subject, issuer, names, notBefore, notAfter } = leaf;
	const self = subject === issuer ? 'itself' : issuer;
	return [
		evidenceOf(
			event,
			'Certificate',
			`${subject}, issued by ${self}, for ${names.join(', ')}, valid ${day(notBefore)} to ${day(notAfter)}`,
		),
	];
}

/** `2026-11-21`. */
export function day(at: number): string {
	return toRfc3339(at).slice(0, 10);
}

/** What a wildcard means for SIP, where one is the only name that fits. */
export function wildcardWords(event: TlsEvent): string {
	return fitsWildcard(event) ? ' Only a wildcard fits, which RFC 5922 forbids.' : '';
}
