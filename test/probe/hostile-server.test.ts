import { createSocket } from 'node:dgram';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PROBE_STEP_IDS } from '../../src/probe/probe-step.js';
import { systemTimers } from '../../src/probe/timers.js';
import { probe } from './probe-harness.js';
import { tcpRegistrar, udpRegistrar } from './scripted-registrar.js';
import { VirtualTimers } from './virtual-timers.js';

const ODD_VALUES = [
	'',
	',',
	'Digest',
	'Digest realm=',
	`Digest realm="${'r'.repeat(3000)}", nonce="${'n'.repeat(3000)}"`,
	'<sip:a@b>;expires=99999999999999999999',
	'*',
	'<<<>>>',
	'\u001b[31m',
];

describe('a probe of a hostile server', () => {
	it.each(['udp', 'tcp'] as const)(
		'over %s ends, whatever stands in the answers',
		async (transport) => {
			const open = transport === 'udp' ? udpRegistrar : tcpRegistrar;
			await fc.assert(
				fc.asyncProperty(
					fc.array(
						fc.record({
							status: fc.constantFrom(100, 200, 302, 401, 407, 423, 500, 699),
							name: fc.constantFrom(
								...['WWW-Authenticate', 'Proxy-Authenticate', 'Contact', 'Expires', 'Via'],
								...['Min-Expires', 'Retry-After', 'Warning', 'Authentication-Info'],
							),
							value: fc.constantFrom(...ODD_VALUES),
						}),
						{ minLength: 1, maxLength: 6 },
					),
					async (answers) => {
						const registrar = await open(({ number }) => {
							const answer = answers[number % answers.length];
							if (answer === undefined) return { status: 200 };
							return { status: answer.status, headers: [[answer.name, answer.value]] };
						});
						const server = `127.0.0.1:${registrar.endpoint.port}`;
						const ran = await probe(
							{ server, transport, timeoutMs: 50, beside: true },
							{ timers: systemTimers },
						);
						await registrar.close();
						expect(ran.steps.map(({ id }) => id)).toEqual(PROBE_STEP_IDS);
						expect(ran.steps.every(({ text }) => text.length < 2000)).toBe(true);
						expect(registrar.requests.filter((one) => one.hasCredentials).length).toBeLessThan(20);
					},
				),
				{ numRuns: 25 },
			);
		},
	);

	it('ends under a flood of bytes that are nothing', async () => {
		const socket = createSocket('udp4');
		await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
		const payloads = fc.sample(fc.uint8Array({ minLength: 1, maxLength: 200 }), 200);
		socket.on('message', (_request, { port, address }) => {
			for (const payload of payloads) socket.send(payload, port, address);
		});
		const timers = new VirtualTimers();
		const server = `127.0.0.1:${socket.address().port}`;
		const ran = await timers.drive(probe({ server, timeoutMs: 100 }, { timers }));
		await new Promise<void>((done) => socket.close(done));
		expect(ran.end).toBe('unanswered');
	});
});
