/*
 * Causes that no messages show: a flow that was lost between two REGISTERs, a connection that did not come up, and this
 * machine itself. They are named by the diagnosis that a REGISTER at that moment would have got.
 */
import { findRule } from '../../diagnosis/catalogue.js';
import type { Fix } from '../../diagnosis/finding.js';
import { formatEndpoint } from '../../net/endpoint.js';
import type { FlowLoss, LocalTrouble, WatchNews } from '../../probe/watch/watch-news.js';
import type { CheckedCause } from '../../report/check-document.js';
import { formatDuration } from '../../report/report-clock.js';
import { elapsedMs } from '../../time/instant.js';

type Told = Extract<FlowLoss, { kind: 'told' }>['failure'];
type Failed = Extract<WatchNews<never>, { kind: 'failed' }>;
type Unreachable = Extract<Told, { kind: 'unreachable' }>;

interface Named {
	readonly id: string;
	readonly summary: string;
	/** Where those of the rule say more than is known, or something else. */
	readonly title?: string;
	readonly fix?: readonly Fix[];
}

/** Undefined where the socket said nothing that has a name. */
export function flowCause(
	news: Extract<WatchNews<never>, { kind: 'flow-lost' }>,
): CheckedCause | undefined {
	const { loss, local, remote, at, registeredAt } = news;
	if (local !== undefined) return localCause(local, formatEndpoint(remote));
	const server = formatEndpoint(remote);
	if (loss.kind === 'silent') {
		const summary = `${server} answered keep-alives before, and does so no longer.`;
		return named({ id: 'server-went-silent', summary });
	}
	const since = formatDuration(Math.max(0, elapsedMs(registeredAt, at)));
	return named(fromFlow(loss.failure, server, `${since} after the last REGISTER`));
}

/** Of an attempt that left no message by which it could be told; undefined where the socket said nothing with a name. */
export function attemptCause({
	local,
	failure,
	remote,
}: Pick<Failed, 'local' | 'failure' | 'remote'>): CheckedCause | undefined {
	const server = remote === undefined ? 'the server' : formatEndpoint(remote);
	if (local !== undefined) return localCause(local, server);
	return failure?.kind === 'unreachable'
		? named(unreachable(failure, server, 'to the attempt to register'))
		: undefined;
}

/** What this machine itself has to do with it. */
function localCause(local: LocalTrouble, server: string): CheckedCause | undefined {
	switch (local.kind) {
		case 'no-network': {
			const summary = 'This machine has no network: no interface but loopback has an address.';
			return named({ id: 'host-unreachable', summary, title: OFFLINE, fix: CONNECT });
		}
		case 'no-way': {
			const summary = `This machine has no way to ${server} (${local.errno}): its network is down, or has no route there.`;
			return named({ id: 'host-unreachable', summary, title: OFFLINE, fix: CONNECT });
		}
		case 'moved': {
			const summary = `This machine sends to ${server} from ${local.to} now; the flow of the registration came from ${local.from}.`;
			const title = 'The flow of the registration was lost with the address of this machine';
			return named({ id: 'flow-closed', summary, title, fix: MOVED });
		}
	}
}

const OFFLINE = 'This machine has no way to the server';
const CONNECT: readonly Fix[] = [
	{ who: 'site-network', what: 'Check the network connection and the routes of this machine.' },
];
const MOVED: readonly Fix[] = [
	{
		who: 'site-network',
		what: 'Find out why the address changed: DHCP, a VPN that came or went, another line. It registers anew from the new one.',
	},
];

function named(found: Named | undefined): CheckedCause | undefined {
	const rule = found && findRule(found.id);
	if (found === undefined || rule === undefined) return undefined;
	const { severity, title, fix } = rule;
	return { severity, title, fix, ...found };
}

const NOBODY = 'somebody on the path (a socket is not told who)';

function fromFlow(failure: Told, server: string, when: string): Named | undefined {
	switch (failure.kind) {
		case 'unreachable':
			return unreachable(failure, server, `to a keep-alive, ${when}`);
		case 'connection': {
			if (failure.outcome !== 'timed-out') return closed(server, when, failure.errno);
			const summary = `What was sent to ${server} over the connection was not acknowledged any more (${failure.errno ?? 'timed out'}), ${when}.`;
			return { id: 'server-went-silent', summary };
		}
		case 'tls':
		case 'websocket':
			return closed(server, when, undefined);
	}
}

/** `to`: what was answered so. */
function unreachable(
	{ reason, errno }: Unreachable,
	server: string,
	to: string,
): Named | undefined {
	switch (reason) {
		case 'port': {
			const summary = `Nothing listens on ${server}: ${NOBODY} says port unreachable ${to}.`;
			return { id: 'port-unreachable', summary };
		}
		case 'admin-prohibited': {
			const summary =
				errno === 'EPERM'
					? `The packet filter of this machine forbids what goes to ${server}.`
					: `A filter forbids what goes to ${server}: ${NOBODY} says administratively prohibited ${to}.`;
			return { id: 'admin-prohibited', summary };
		}
		case 'host':
		case 'network': {
			const summary = `${server} cannot be reached: ${NOBODY} says ${reason} unreachable ${to} (${errno}); a filter may say so, too.`;
			return { id: 'host-unreachable', summary };
		}
		// A keep-alive that is too large is no loss of the flow.
		case 'fragmentation-needed':
		case 'other':
			return undefined;
	}
}

function closed(server: string, when: string, errno: string | undefined): Named {
	const title = 'The connection of the registration was closed';
	return errno === undefined
		? { id: 'flow-closed', title, summary: `${server} closed the connection, ${when}.` }
		: {
				id: 'flow-closed',
				title,
				summary: `The connection to ${server} was cut (${errno}), ${when}.`,
			};
}
