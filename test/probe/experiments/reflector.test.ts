import { describe, expect, it } from 'vitest';
import { reflectorExperiment } from '../../../src/probe/experiments/reflector.js';
import { ECHO_TYPE, echoBody } from '../../../src/sip/reflector-echo.js';
import {
	answerTo,
	asking,
	type Behaviour,
	FakeNetwork,
	OUTSIDE,
	PHONE,
	SERVER,
} from './fake-network.js';

const NAT = { address: OUTSIDE, port: 40_061 };

/** A reflector behind a box that edits what arrives (`there`) and what comes back (`back`). */
function reflector(
	there: (text: string) => string = (text) => text,
	back: (text: string) => string = (text) => text,
): Behaviour {
	return (sent) => {
		const received = Buffer.from(
			there(Buffer.from(sent.request.bytes).toString('latin1')),
			'latin1',
		);
		const text = answerTo(sent, NAT, '200 OK', [`Content-Type: ${ECHO_TYPE}`]);
		const head = text.replace('Content-Length: 0\r\n\r\n', '');
		const answerHead = Buffer.from(`${head}\r\n`, 'latin1');
		const parts = { kind: 'bytes', transport: 'UDP', source: NAT, received, answerHead } as const;
		const body = Buffer.from(echoBody(parts)).toString('latin1');
		return `${back(head)}Content-Length: ${body.length}\r\n\r\n${body}`;
	};
}

async function compared(udp: Behaviour, tcp: Behaviour = udp) {
	const network = new FakeNetwork();
	const inputs = { reflector: SERVER, localAddress: PHONE, asking: asking() };
	const local = { address: PHONE, port: 5060 };
	const done = reflectorExperiment(inputs, {
		...network.deps(),
		transports: { udp: network.open('udp', udp), tcp: network.open('tcp', tcp) },
		openDatagrams: () =>
			Promise.resolve({ local, send: () => undefined, close: () => Promise.resolve() }),
	});
	return network.settle(done);
}

describe('the octets at a reflector', () => {
	it('are those that were sent, behind a NAT that leaves them alone', async () => {
		const { verdict, text, rows } = await compared(reflector());
		expect(verdict).toBe('no-alg');
		expect(text).toContain('every octet of request and answer arrived as it was sent');
		expect(rows.map((row) => row.slice(0, 4))).toEqual([
			['UDP', '198.51.100.32:40061', 'both', 'every octet as sent'],
			['TCP', '198.51.100.32:40061', 'both', 'every octet as sent'],
		]);
	});

	it('prove an ALG on the way there, line by line', async () => {
		const { verdict, proof } = await compared(
			reflector((text) => text.replaceAll(`<sip:probe`, '<sip:PROBE')),
		);
		expect(verdict).toBe('alg-proven');
		expect(proof.map(({ field }) => field)).toEqual([
			'from of the request',
			'contact of the request',
		]);
		expect(proof[0]?.text).toMatch(/sent as From: <sip:probe.* arrived as From: <sip:PROBE/);
	});

	it('prove an ALG on the way back', async () => {
		const { verdict, text, rows } = await compared(
			reflector(undefined, (head) => head.replace(`received=${OUTSIDE}`, `received=${PHONE}`)),
		);
		expect(verdict).toBe('alg-proven');
		expect(text).toContain('via changed on the way back');
		expect(rows[0]?.slice(2, 4)).toEqual(['answer', 'via']);
	});

	it('prove an ALG over one transport alone', async () => {
		const edits = reflector((text) => text.replace('Max-Forwards: 70', 'Max-Forwards: 69'));
		expect((await compared(reflector(), edits)).text).toContain('ALG proven over TCP');
	});

	it('are not known where no reflector answers', async () => {
		const other: Behaviour = (sent) => answerTo(sent, NAT);
		const { verdict, text } = await compared(other, () => undefined);
		expect(verdict).toBe('cannot-tell');
		expect(text).toContain(
			'UDP: answered without an echo: no sipdoctor reflect there; TCP: no answer',
		);
	});
});
