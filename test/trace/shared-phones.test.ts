/* Phones whose REGISTERs may have several legs in one capture. */
import { describe, expect, it } from 'vitest';
import { SharedPhones } from '../../src/trace/shared-phones.js';

function register(src: string, dst: string, fields: { callId?: string; to?: string } = {}) {
	const { callId = `${src}-call`, to = `<sip:${src}@example.com>` } = fields;
	const endpoint = (address: string) => ({ address, port: 5060 });
	return { way: `${src} ${dst}`, callId, to, src: endpoint(src), dst: endpoint(dst) };
}

describe('phones that share something', () => {
	it('are none where each has its own user, Call-ID and address', () => {
		const phones = new SharedPhones();
		for (const phone of ['p1', 'p2', 'p3', 'p1', 'p2'])
			expect(phones.add(register(phone, 'server'))).toEqual([]);
	});

	it('are both ways of one Call-ID, as behind and before a NAT', () => {
		const phones = new SharedPhones();
		phones.add(register('p1', 'server', { callId: 'a' }));
		expect(phones.add(register('nat', 'server', { callId: 'a' })).toSorted()).toEqual([
			'nat server',
			'p1 server',
		]);
	});

	it.each([
		['as written', '<sip:1001@a.example>', '<sip:1001@b.example>'],
		['in another case', '<sip:Alice@a.example>', 'sip:alice@b.example'],
		['without one', '<sip:a.example>', '<sip:b.example>'],
		['with a display name', '"A" <sip:1001@a.example>', '<sips:1001@a.example>;x=y'],
	])('are both ways of one user: %s', (_, one, other) => {
		const phones = new SharedPhones();
		phones.add(register('p1', 'server', { to: one }));
		expect(phones.add(register('sbc', 'core', { to: other })).toSorted()).toEqual([
			'p1 server',
			'sbc core',
		]);
	});

	it('are all that go through a host that asks and is asked', () => {
		const phones = new SharedPhones();
		phones.add(register('p1', 'proxy'));
		phones.add(register('p2', 'proxy'));
		phones.add(register('p3', 'server'));
		expect([...phones.add(register('proxy', 'core'))].toSorted()).toEqual([
			'p1 proxy',
			'p2 proxy',
			'proxy core',
		]);
		expect(phones.add(register('p4', 'proxy'))).toEqual(['p4 proxy']);
	});
});
