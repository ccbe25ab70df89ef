import { describe, expect, it } from 'vitest';
import { judgeMapping, type Sighting } from '../../../src/probe/experiments/mapping.js';

const LOCAL = { address: '192.168.31.30', port: 40_000 };

function saw(by: string, address: string, port: number): Sighting {
	return { by, mapped: { address, port } };
}

describe('the mapping of a NAT', () => {
	it('cannot be told where nobody answered', () => {
		expect(judgeMapping(LOCAL, []).kind).toBe('cannot-tell');
	});

	it('is none where everybody saw the socket itself', () => {
		const { kind, text } = judgeMapping(LOCAL, [saw('STUN a', LOCAL.address, LOCAL.port)]);
		expect(kind).toBe('no-nat');
		expect(text).toContain('no NAT: STUN a saw 192.168.31.30:40000');
	});

	it('cannot be told by one server, but whether the port is kept can', () => {
		const kept = judgeMapping(LOCAL, [saw('STUN a', '198.51.100.32', 40_000)]);
		expect(kept.kind).toBe('cannot-tell');
		expect(kept.text).toContain('the NAT keeps the port');
		const changed = judgeMapping(LOCAL, [saw('STUN a', '198.51.100.32', 1024)]);
		expect(changed.text).toContain('the NAT changes the port');
	});

	it('is endpoint-independent where two servers saw the same', () => {
		const { kind, text } = judgeMapping(LOCAL, [
			saw('STUN a', '198.51.100.32', 1024),
			saw('the registrar', '198.51.100.32', 1024),
		]);
		expect(kind).toBe('endpoint-independent');
		expect(text).toContain('STUN a and the registrar saw the same 198.51.100.32:1024');
	});

	it('is endpoint-dependent where two servers saw different ports', () => {
		const { kind, text } = judgeMapping(LOCAL, [
			saw('STUN a', '198.51.100.32', 1024),
			saw('the registrar', '198.51.100.32', 1025),
		]);
		expect(kind).toBe('endpoint-dependent');
		expect(text).toContain('STUN a saw 198.51.100.32:1024, the registrar saw 198.51.100.32:1025');
	});

	it('is endpoint-dependent where one of them saw the socket and another did not', () => {
		const two = [saw('STUN a', LOCAL.address, LOCAL.port), saw('STUN b', '198.51.100.32', 9)];
		expect(judgeMapping(LOCAL, two).kind).toBe('endpoint-dependent');
	});
});
