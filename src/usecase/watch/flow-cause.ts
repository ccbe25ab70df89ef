/*
 * What a flow was lost by, between two REGISTERs: there is no attempt to analyse, so the socket's own words are named by
 * the diagnosis that a REGISTER at that moment would have got.
 */
import { findRule } from '../../diagnosis/catalogue.js';
import { formatEndpoint } from '../../net/endpoint.js';
import type { FlowLoss, Stuck, WatchNews } from '../../probe/watch/watch-news.js';
import type { CheckedCause } from '../../report/check-document.js';
import { formatDuration } from '../../report/report-clock.js';
import { elapsedMs } from '../../time/instant.js';

type Told = Extract<FlowLoss, { kind: 'told' }>['failure'];
type LostFlow = Extract<WatchNews<never>, { kind: 'flow-lost' }>;

interface Named {
	readonly id: string;
	readonly summary: string;
	/** Where that of the rule says more than is known. */
	readonly title?: string;
}

/** Undefined where the socket said nothing that has a name. */
export function flowCause(news: LostFlow): CheckedCause | undefined {
	return named(nameOf(news));
}

/** Of an attempt that never left this machine. */
export function stuckCause({ errno, remote }: Stuck): CheckedCause | undefined {
	const summary =
		errno === undefined || remote === undefined
			? 'This machine has no network: no interface but loopback has an address.'
			: `This machine has no way to ${formatEndpoint(remote)} (${errno}): its network is down, or has no route there.`;
	return named({ id: 'host-unreachable', summary });
}

function named(found: Named | undefined): CheckedCause | undefined {
	const rule = found && findRule(found.id);
	if (found === undefined || rule === undefined) return undefined;
	const { id, severity, title, fix } = rule;
	return { id, severity, title: found.title ?? title, summary: found.summary, fix };
}

function nameOf({ loss, remote, at, registeredAt }: LostFlow): Named | undefined {
	const server = formatEndpoint(remote);
	const since = formatDuration(Math.max(0, elapsedMs(registeredAt, at)));
	if (loss.kind === 'silent') {
		const summary = `${server} answered keep-alives before, and does so no longer.`;
		return { id: 'server-went-silent', summary };
	}
	return fromSocket(loss.failure, server, since);
}

const NOBODY = 'somebody on the path (a socket is not told who)';

function fromSocket(failure: Told, server: string, since: string): Named | undefined {
	switch (failure.kind) {
		case 'unreachable':
			return unreachable(failure, server, since);
		case 'connection':
			return failure.outcome === 'timed-out'
				? {
						id: 'server-went-silent',
						summary: `What was sent to ${server} over the connection was not acknowledged any more (${failure.errno ?? 'timed out'}), ${since} after the last REGISTER.`,
					}
				: closed(server, since, failure.errno);
		case 'tls':
		case 'websocket':
			return closed(server, since, undefined);
	}
}

function unreachable(
	{ reason, errno }: Extract<Told, { kind: 'unreachable' }>,
	server: string,
	since: string,
): Named | undefined {
	const when = `${since} after the last REGISTER`;
	switch (reason) {
		case 'port': {
			const summary = `Nothing listens on ${server} any more: ${NOBODY} answered a keep-alive with port unreachable, ${when}.`;
			return { id: 'port-unreachable', summary };
		}
		case 'admin-prohibited': {
			const summary =
				errno === 'EPERM'
					? `The packet filter of this machine forbids what goes to ${server}, ${when}.`
					: `A filter forbids what goes to ${server}: ${NOBODY} answered a keep-alive with administratively prohibited, ${when}.`;
			return { id: 'admin-prohibited', summary };
		}
		case 'host':
		case 'network': {
			const summary = `${server} cannot be reached any more (${errno}), ${when}.`;
			return { id: 'host-unreachable', summary };
		}
		case 'other':
			return undefined;
	}
}

function closed(server: string, since: string, errno: string | undefined): Named {
	return {
		id: 'flow-closed',
		title: 'The connection of the registration was closed',
		summary: `${server} ${errno === undefined ? 'closed' : 'cut'} the connection of the registration ${since} after the last REGISTER${errno === undefined ? '' : ` (${errno})`}.`,
	};
}
