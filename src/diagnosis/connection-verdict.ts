/** What a probe's socket or resolver was told before any REGISTER could leave. */
import { formatEndpoint } from '../net/endpoint.js';
import type { ConnectionEvent, ResolutionEvent } from '../trace/observed.js';
import { evidenceOf, inOrder } from './evidence.js';
import { SILENT, type Subject, type Verdict } from './rule.js';

/** Fires where the attempt's connection ended this way. */
export function connectionVerdict(
	{ attempt }: Subject,
	outcome: ConnectionEvent['outcome'],
	meaning: (server: string) => string,
): Verdict {
	if (attempt.outcome !== 'unreachable') return SILENT;
	const failure = attempt.failures.find(
		(event) => event.kind === 'connection' && event.outcome === outcome,
	);
	if (failure?.kind !== 'connection') return SILENT;
	const server = formatEndpoint(failure.dst);
	return {
		kind: 'fires',
		confidence: 'proven',
		summary: meaning(server),
		evidence: inOrder(
			evidenceOf(
				failure,
				`${failure.transport.toUpperCase()} connect`,
				`${server}: ${failure.errno ?? outcome}`,
			),
		),
	};
}

/** Fires where the attempt's name did not resolve in one of these ways. */
export function resolutionVerdict(
	{ attempt }: Subject,
	outcomes: readonly ResolutionEvent['outcome'][],
	meaning: (name: string) => string,
): Verdict {
	if (attempt.outcome !== 'unreachable') return SILENT;
	const failure = attempt.failures.find(
		(event) => event.kind === 'resolution' && outcomes.includes(event.outcome),
	);
	if (failure?.kind !== 'resolution') return SILENT;
	return {
		kind: 'fires',
		confidence: 'proven',
		summary: meaning(failure.name),
		evidence: inOrder(
			evidenceOf(failure, 'DNS', `${failure.name}: ${failure.errno ?? failure.outcome}`),
		),
	};
}
