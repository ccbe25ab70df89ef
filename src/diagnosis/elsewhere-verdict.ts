/** Two rules say where SRV would have led: with a port behind the domain it is not asked, without one it should be. */
import { formatEndpoint } from '../net/endpoint.js';
import { lastTransaction } from '../registration/attempt-facts.js';
import { requestUriOf } from '../registration/register-request.js';
import { isUnheard, lookupOfServer, skippedService } from '../registration/server-choice.js';
import { evidenceOf, inOrder } from './evidence.js';
import { SILENT, type Subject, type Verdict } from './rule.js';

/**
 * Fires where a phone asked only for the address of its domain, and SRV records in the source name another host or
 * port. `withPort`: the Request-URI has a port.
 */
export function elsewhereVerdict(
	{ attempt, registration }: Subject,
	{ withPort }: { readonly withPort: boolean },
): Verdict {
	const transaction = lastTransaction(attempt)?.phone;
	const asked = lookupOfServer(attempt, registration);
	if (transaction === undefined || asked === undefined) return SILENT;
	const uri = requestUriOf(transaction.request.message);
	// Another name is an outbound proxy: where its domain has its service says nothing of it.
	if (uri?.host?.toLowerCase() !== asked.name) return SILENT;
	if ((uri.port !== undefined) !== withPort) return SILENT;
	const isFailure = isUnheard(attempt);
	if (!isFailure && attempt.outcome !== 'registered') return SILENT;
	const skipped = skippedService(attempt, registration, asked.name);
	if (skipped.kind === 'asked') return SILENT;
	if (skipped.kind === 'unknown') {
		if (!isFailure) return SILENT;
		return {
			kind: 'cannot-tell',
			because: `the phone asked only for the address of ${asked.name}, and whether its SRV records name another host or port is not in the capture`,
			decidedBy: `dig SRV _sip._${transaction.transport}.${asked.name}`,
		};
	}
	const { target } = skipped;
	const server = formatEndpoint(transaction.server);
	const place = `${target.host} port ${target.port}`;
	return {
		kind: 'fires',
		confidence: isFailure ? 'strong' : 'likely',
		...(isFailure && { severity: 'fatal' as const }),
		summary: `SIP for ${asked.name} is at ${place}, says ${target.seen.name}; the phone asked only for an address${withPort ? `, as its domain has port ${uri.port}` : ''}, and sends its REGISTER to ${server}${isFailure ? ', where nobody answers' : ''}.`,
		evidence: inOrder(
			evidenceOf(asked, 'DNS', `${asked.type} ${asked.name}: ${transaction.server.address}`),
			evidenceOf(target.seen, 'DNS', `SRV ${target.seen.name}: ${place}`),
			evidenceOf(transaction.request, 'Request-URI', `sent to ${server}`),
		),
	};
}
