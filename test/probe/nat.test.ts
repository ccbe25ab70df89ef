import { describe, expect, it } from 'vitest';
import { readNat } from '../../src/probe/nat.js';
import type { Received } from '../../src/probe/register-session.js';
import { parseDatagram } from '../../src/sip/parse-message.js';

/** A response whose top Via carries these parameters, to a socket on 192.168.1.5:40000. */
function answered(
	parameters: string,
	local = '192.168.1.5:40000',
	remote = '198.51.100.1',
): Received {
	const [address = '', port = ''] = local.split(':');
	const via = `Via: SIP/2.0/UDP ${local};branch=z9hG4bKa${parameters}`;
	const parsed = parseDatagram(Buffer.from(`SIP/2.0 401 X\r\n${via}\r\nContent-Length: 0\r\n\r\n`));
	if (!parsed.ok || parsed.value.kind !== 'response') throw new Error('not a response');
	const from = { address: remote, port: 5060 };
	return { response: parsed.value, from, local: { address, port: Number(port) }, remote: from };
}

describe('the nat step', () => {
	it('cannot tell without an answer', () => {
		expect(readNat([])).toMatchObject({ state: 'cannot-tell' });
	});

	it('cannot tell where the server gives neither received nor rport', () => {
		expect(readNat([answered(';rport')])).toMatchObject({ state: 'cannot-tell' });
	});

	it('sees a NAT that kept the port', () => {
		const { state, text } = readNat([answered(';received=203.0.113.9;rport=40000')]);
		expect(state).toBe('ok');
		expect(text).toContain(
			'behind a NAT: this socket is 192.168.1.5:40000, the server saw 203.0.113.9:40000; the NAT kept the port',
		);
	});

	it('sees a NAT that changed the port, and does not call it symmetric', () => {
		const { text } = readNat([answered(';received=203.0.113.9;rport=1024')]);
		expect(text).toContain(
			'the NAT changed the port; whether it does so for each destination anew',
		);
	});

	it('says that the port is not known where the server gave no rport', () => {
		const { text } = readNat([answered(';received=203.0.113.9')]);
		expect(text).toContain('its port is not known');
	});

	it('sees none where the server saw the own address and port', () => {
		const local = '203.0.113.5:40000';
		const { state, text } = readNat([answered(';received=203.0.113.5;rport=40000', local)]);
		expect(state).toBe('ok');
		expect(text).toMatch(/^no NAT:/);
	});

	it('sees none where a server with one socket for both families writes IPv4 as IPv6', () => {
		const seen = ';received=::ffff:203.0.113.5;rport=40000';
		expect(readNat([answered(seen, '203.0.113.5:40000')]).text).toMatch(/^no NAT:/);
	});

	it('takes an rport without received for the own address (RFC 3261 §18.2.1)', () => {
		const { text } = readNat([answered(';rport=40000', '203.0.113.5:40000')]);
		expect(text).toMatch(/^no NAT:/);
	});

	it('warns where a public server seems to have seen the private address', () => {
		const { state, text } = readNat([answered(';received=192.168.1.5;rport=40000')]);
		expect(state).toBe('warning');
		expect(text).toContain('ALG');
	});

	it('does not warn about a private server', () => {
		const own = answered(';received=192.168.1.5;rport=40000', undefined, '192.168.1.1');
		expect(readNat([own]).state).toBe('ok');
	});

	it('warns where the public address changed within the run', () => {
		const two = [
			answered(';received=203.0.113.9;rport=1'),
			answered(';received=203.0.113.8;rport=1'),
		];
		expect(readNat(two)).toMatchObject({ state: 'warning' });
	});

	it('finds nothing strange in another port of another connection', () => {
		const two = [
			answered(';received=203.0.113.5;rport=40000', '203.0.113.5:40000'),
			answered(';received=203.0.113.5;rport=40001', '203.0.113.5:40001'),
		];
		expect(readNat(two).state).toBe('ok');
	});

	it('does not believe a received that is no address', () => {
		expect(readNat([answered(';received=evil.example;rport=1')])).toMatchObject({
			state: 'cannot-tell',
		});
	});
});
