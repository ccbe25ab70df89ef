import { describe, expect, it } from 'vitest';
import { localTrouble } from '../../../src/probe/watch/local-trouble.js';

const REMOTE = { address: '203.0.113.10', port: 5060 };
const LOCAL = { address: '192.168.31.30', port: 40_000 };
const NO_ROUTE = { errno: 'ENETUNREACH' };

function found(
	trouble: Parameters<typeof localTrouble>[0],
	source: string | { errno: string } | Error,
) {
	return localTrouble(trouble, {
		...{ remote: REMOTE, local: LOCAL, hasNetwork: () => false },
		sourceTowards: () =>
			source instanceof Error ? Promise.reject(source) : Promise.resolve(source),
	});
}

const REFUSED = {
	kind: 'told',
	failure: { kind: 'unreachable', reason: 'admin-prohibited', errno: 'ENETUNREACH' },
} as const;

describe('what this machine has to do with a failure', () => {
	it('is that it has no way to the server any more', async () => {
		expect(await found(REFUSED, NO_ROUTE)).toEqual({ kind: 'no-way', errno: 'ENETUNREACH' });
	});

	it('is that it got another address', async () => {
		const moved = { kind: 'moved', from: '192.168.31.30', to: '192.168.31.77' };
		expect(await found({ kind: 'unanswered' }, '192.168.31.77')).toEqual(moved);
	});

	it('is nothing where way and address are as before', async () => {
		expect(await found(REFUSED, LOCAL.address)).toBeUndefined();
	});

	it('is nothing where the far side answered', async () => {
		const failure = { kind: 'unreachable', reason: 'port', errno: 'ECONNREFUSED' } as const;
		expect(await found({ kind: 'told', failure }, '192.168.31.77')).toBeUndefined();
	});

	it('is not known where it cannot be looked at', async () => {
		expect(await found(REFUSED, new Error('no socket'))).toBeUndefined();
	});

	it('is that there is no network where a name does not resolve without one', async () => {
		expect(await found(undefined, LOCAL.address)).toEqual({ kind: 'no-network' });
	});
});
