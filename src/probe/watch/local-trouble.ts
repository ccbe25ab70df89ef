import type { Endpoint } from '../../net/endpoint.js';
import type { Exchange } from '../exchange.js';
import type { FlowLoss, LocalTrouble } from './watch-news.js';

interface Asked {
	/** Where the flow went, and from where; undefined before there was one. */
	readonly remote: Endpoint | undefined;
	readonly local: Endpoint | undefined;
	readonly hasNetwork: (() => boolean) | undefined;
	readonly sourceTowards: ((remote: Endpoint) => Promise<string | { errno: string }>) | undefined;
}

/**
 * What this machine itself has to do with the failure of an attempt (`undefined`: of the name) or the loss of a flow. The
 * kernel has one errno for "no route from here" and "a router says no route", so the way is looked at again.
 */
export async function localTrouble(
	trouble: Exchange | FlowLoss | undefined,
	{ remote, local, hasNetwork, sourceTowards }: Asked,
): Promise<LocalTrouble | undefined> {
	if (trouble === undefined) return hasNetwork?.() === false ? { kind: 'no-network' } : undefined;
	if (trouble.kind === 'no-way') return { kind: 'no-way', errno: trouble.errno };
	if (remote === undefined || local === undefined || !mayBeLocal(trouble)) return undefined;
	const source = await sourceTowards?.(remote).catch(() => undefined);
	if (source === undefined || source === local.address) return undefined;
	if (typeof source === 'string') return { kind: 'moved', from: local.address, to: source };
	return { kind: 'no-way', errno: source.errno };
}

/** Silence, and errors that the kernel makes as well as a router; a refusal by the far side has got there. */
function mayBeLocal(trouble: Exchange | FlowLoss): boolean {
	switch (trouble.kind) {
		case 'unanswered':
		case 'silent':
			return true;
		case 'failed':
		case 'told': {
			const { failure } = trouble;
			if (failure.kind === 'unreachable') return failure.reason !== 'port';
			return failure.kind === 'connection' && failure.outcome === 'timed-out';
		}
		case 'answered':
		case 'not-authenticated':
		case 'no-way':
		case 'aborted':
			return false;
	}
}
