/* What a probe found, as far as a suite can expect something of it; the messages themselves are let go. */
import type { DiagnosedRegistration } from '../../analysis/analysis.js';
import type { Finding } from '../../diagnosis/finding.js';
import type { CheckedCause } from '../../report/check-document.js';
import { elapsedMs, type Instant } from '../../time/instant.js';
import type { ProbeOutcome } from '../probe-aor.js';
import type { Seen } from './suite.js';

/** Undefined where the analysis holds no registration, which a probe's never does. */
export function seenIn({ analysis, handshakes }: ProbeOutcome): Seen | undefined {
	const [registration] = analysis.registrations;
	if (registration === undefined) return undefined;
	const { target, outcome, finalStatus, grantedExpires, cause, findings, steps } = registration;
	const others = [...findings, ...analysis.findings].map(({ id }) => id);
	return {
		target,
		wentOver: registration.failover?.to.transport,
		outcome,
		finalStatus,
		grantedExpires,
		cause: cause && toCause(cause),
		findings: [...new Set(others)],
		registeredMs: registeredMs(registration, analysis.sources[0]?.firstPacketAt),
		answeredMs: steps.find(({ id }) => id === 'register')?.ms,
		alg: analysis.experiments?.find(({ id }) => id === 'alg'),
		tlsDaysLeft: tlsDaysLeft(handshakes, analysis.sources[0]?.lastPacketAt),
	};
}

function toCause({ id, severity, title, summary, fix }: Finding): CheckedCause {
	return { id, severity, title, summary, fix };
}

/** From the first thing the probe did, resolving included, to the 200 that registers. */
function registeredMs(
	{ outcome, decisive }: DiagnosedRegistration,
	since: Instant | undefined,
): number | undefined {
	if (outcome !== 'registered') return undefined;
	const final = decisive?.transactions.at(-1)?.phone.final;
	if (final === undefined || since === undefined) return undefined;
	return Math.max(0, elapsedMs(since, final.at));
}

const DAY = 86_400_000_000;

/** Until the first certificate of the chain expires, that of the last handshake that showed one. */
function tlsDaysLeft(
	handshakes: ProbeOutcome['handshakes'] = [],
	now: Instant | undefined,
): number | undefined {
	const shown = handshakes.findLast(({ certificates }) => certificates.length > 0);
	if (shown === undefined || now === undefined) return undefined;
	const first = Math.min(...shown.certificates.map(({ notAfter }) => notAfter));
	return Math.floor((first - now) / DAY);
}
