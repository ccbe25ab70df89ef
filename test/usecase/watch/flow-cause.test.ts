import { describe, expect, it } from 'vitest';
import type { FlowLoss, LocalTrouble } from '../../../src/probe/watch/watch-news.js';
import { attemptCause, flowCause } from '../../../src/usecase/watch/flow-cause.js';

const REMOTE = { address: '203.0.113.10', port: 5060 };
type Failure = Extract<FlowLoss, { kind: 'told' }>['failure'];

function lost(loss: FlowLoss, local?: LocalTrouble) {
	const at = { at: 12_000_000, registeredAt: 2_000_000 };
	const news = { kind: 'flow-lost', ...at, loss, local, remote: REMOTE, transport: 'udp' } as const;
	return flowCause(news);
}

const told = (failure: Failure): FlowLoss => ({ kind: 'told', failure });
const icmp = (reason: 'port' | 'host' | 'admin-prohibited' | 'other', errno: string): FlowLoss =>
	told({ kind: 'unreachable', reason, errno });

describe('the cause of a flow that was lost', () => {
	it.each([
		['a closed port', icmp('port', 'ECONNREFUSED'), 'port-unreachable', /port unreachable to a ke/],
		['a filter', icmp('admin-prohibited', 'EHOSTUNREACH'), 'admin-prohibited', /A filter forbids/],
		['the own filter', icmp('admin-prohibited', 'EPERM'), 'admin-prohibited', /of this machine/],
		['a missing host', icmp('host', 'EHOSTUNREACH'), 'host-unreachable', /cannot be reached/],
		['silence', { kind: 'silent' }, 'server-went-silent', /answered keep-alives before/],
	] as const)('is named as for a REGISTER: %s', (_name, loss, id, words) => {
		const cause = lost(loss);
		expect(cause?.id).toBe(id);
		expect(cause?.summary).toMatch(words);
	});

	it.each([
		[
			'closed in good order',
			undefined,
			/203\.0\.113\.10:5060 closed the connection, 10\.0 s after/,
		],
		['cut', 'ECONNRESET', /was cut \(ECONNRESET\), 10\.0 s after the last REGISTER/],
	])('tells a connection that was %s', (_name, errno, words) => {
		const cause = lost(told({ kind: 'connection', outcome: 'reset', errno }));
		expect(cause).toMatchObject({
			id: 'flow-closed',
			title: 'The connection of the registration was closed',
		});
		expect(cause?.summary).toMatch(words);
	});

	it('is this machine where it has no way to the server any more, and no filter', () => {
		const loss = icmp('admin-prohibited', 'ENETUNREACH');
		expect(lost(loss, { kind: 'no-way', errno: 'ENETUNREACH' })).toMatchObject({
			id: 'host-unreachable',
			title: 'This machine has no way to the server',
		});
	});

	it('is the address of this machine where that changed', () => {
		const local = { kind: 'moved', from: '192.168.31.30', to: '192.168.31.77' } as const;
		expect(lost(icmp('admin-prohibited', 'ENETUNREACH'), local)?.summary).toBe(
			'This machine sends to 203.0.113.10:5060 from 192.168.31.77 now; the flow of the registration came from 192.168.31.30.',
		);
	});

	it('is not known where the socket says nothing with a name', () => {
		expect(lost(icmp('other', 'EMSGSIZE'))).toBeUndefined();
	});
});

describe('the cause of an attempt without a message', () => {
	it('is what the socket was told', () => {
		const failure = { kind: 'unreachable', reason: 'host', errno: 'EHOSTUNREACH' } as const;
		const cause = attemptCause({ local: undefined, failure, remote: REMOTE });
		expect(cause?.id).toBe('host-unreachable');
	});

	it('is the network of this machine where there is none', () => {
		const local = { kind: 'no-network' } as const;
		const cause = attemptCause({ local, failure: undefined, remote: undefined });
		expect(cause?.summary).toMatch(/no network/);
	});
});
