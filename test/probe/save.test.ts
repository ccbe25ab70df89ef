import { describe, expect, it } from 'vitest';
import type { ProbeOptions } from '../../src/probe/run-probe.js';
import { savedProbe } from '../../src/probe/save.js';
import type { NetworkEvent, Observed } from '../../src/trace/observed.js';
import type { SourceFacts } from '../../src/trace/source-facts.js';
import { traceCapture } from '../../src/trace/trace-capture.js';
import { fakeResolver, probe, type Ran } from './probe-harness.js';
import { challenge, honestRegistrar, tcpRegistrar, udpRegistrar } from './scripted-registrar.js';

interface ReadBack {
	readonly messages: readonly Observed[];
	readonly events: readonly NetworkEvent[];
	readonly facts: SourceFacts;
}

async function readBack(ran: Ran): Promise<ReadBack> {
	const messages: Observed[] = [];
	const events: NetworkEvent[] = [];
	async function* file(): AsyncGenerator<Uint8Array> {
		yield* savedProbe(ran.records);
	}
	const facts = await traceCapture('saved.pcapng', file(), {
		message: (one) => messages.push(one),
		event: (one) => events.push(one),
	});
	return { messages, events, facts };
}

/** What must be the same in a live probe and in its saved file. */
function essence({ messages, events }: Pick<ReadBack, 'messages' | 'events'>) {
	return {
		messages: messages.map(({ message, at, src, dst, transport, frame, frames, cut }) => {
			return { bytes: Buffer.from(message.bytes), at, src, dst, transport, frame, frames, cut };
		}),
		events: events.map(({ source: _source, ...rest }) => rest),
	};
}

async function savedRun(
	transport: 'udp' | 'tcp',
	options: Partial<ProbeOptions> = {},
): Promise<Ran> {
	const registrar = await (transport === 'udp' ? udpRegistrar : tcpRegistrar)(honestRegistrar());
	const resolver = fakeResolver({ 'pbx.example.com': ['127.0.0.1'] });
	const server = `pbx.example.com:${registrar.endpoint.port}`;
	const ran = await probe({ server, transport, ...options }, { resolver });
	await registrar.close();
	return ran;
}

describe('a saved probe', () => {
	it.each(['udp', 'tcp'] as const)(
		'over %s is read back as the probe saw it',
		async (transport) => {
			const ran = await savedRun(transport);
			expect(ran.end).toBe('registered');
			expect(essence(await readBack(ran))).toEqual(essence(ran));
		},
	);

	it.each(['udp', 'tcp'] as const)('keeps a refusal over %s', async (transport) => {
		const registrar = await udpRegistrar(() => undefined);
		await registrar.close();
		const ran = await probe({ server: `127.0.0.1:${registrar.endpoint.port}`, transport });
		const back = await readBack(ran);
		expect(back.events.at(-1)?.kind).toBe(transport === 'udp' ? 'unreachable' : 'connection');
		expect(essence(back)).toEqual(essence(ran));
	});

	it('keeps a name that did not resolve', async () => {
		const ran = await probe();
		const back = await readBack(ran);
		expect(back.events.at(-1)).toMatchObject({ kind: 'resolution', outcome: 'nxdomain' });
		expect(essence(back)).toEqual(essence(ran));
	});

	it('keeps what it set out to register', async () => {
		const ran = await probe();
		const { events } = await readBack(ran);
		expect(events[0]).toEqual({ ...ran.events[0], source: 'saved.pcapng' });
	});

	it('has no odd frame and as many as the probe counted', async () => {
		const ran = await savedRun('udp');
		const { facts } = await readBack(ran);
		expect(facts.oddities).toEqual([]);
		expect(facts.packets).toBe(ran.facts.packets);
		expect(facts.sipMessages).toBe(ran.facts.sipMessages);
		expect(facts.registerRequests).toBe(ran.facts.registerRequests);
	});

	it('gives the DNS answers a frame of their own', async () => {
		const ran = await savedRun('udp');
		const told = ran.events.map(({ kind, frame }) => `${frame} ${kind}`);
		expect(told).toEqual(['1 probe', '2 dns', '3 dns']);
		expect(ran.messages[0]?.frame).toBe(4);
	});

	it('holds no password, and a response in the messages alone', async () => {
		const registrar = await udpRegistrar(({ number }) => ({
			status: 401,
			headers: [challenge(`n${number}`)],
		}));
		const secret = { kind: 'password', password: 's3cret-word' } as const;
		const ran = await probe({ server: `127.0.0.1:${registrar.endpoint.port}`, secret });
		await registrar.close();
		const file = Buffer.concat(savedProbe(ran.records)).toString('latin1');
		expect(file).not.toContain('s3cret-word');
		expect(file.match(/response="/g)).toHaveLength(2);
		expect(file.match(/\{"sipdoctor":1.*?\}\}/g)?.join()).not.toContain('response');
	});
});
