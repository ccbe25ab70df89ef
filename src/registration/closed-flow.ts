/** The end of the connection that a binding was made over. */
import type { ConnectionEvent } from '../trace/observed.js';
import { lastTransaction } from './attempt-facts.js';
import { flowKey } from './flow-event.js';
import type { Attempt } from './registration.js';

/** The FIN or RST after the final response, on the flow of the attempt's last REGISTER. */
export function closedFlowOf(attempt: Attempt): ConnectionEvent | undefined {
	const phone = lastTransaction(attempt)?.phone;
	const { final } = phone ?? {};
	if (phone === undefined || final === undefined) return undefined;
	const flow = flowKey({ src: phone.client, dst: phone.server });
	const found = attempt.failures.find(
		(event) =>
			event.kind === 'connection' &&
			(event.outcome === 'closed' || event.outcome === 'reset') &&
			flowKey(event) === flow &&
			event.at >= final.at,
	);
	return found?.kind === 'connection' ? found : undefined;
}
