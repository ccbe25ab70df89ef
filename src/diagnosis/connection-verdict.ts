/** What a probe's socket was told before any REGISTER could leave. */
import { formatEndpoint } from '../net/endpoint.js';
import type { ConnectionEvent } from '../trace/observed.js';
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
