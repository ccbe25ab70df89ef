/* What `--save` keeps of the experiments: every packet, what came of them, and nothing that changes the diagnosis. */
import { createSocket } from 'node:dgram';
import { afterEach, describe, expect, it } from 'vitest';
import { analyse } from '../../../src/analysis/analyse.js';
import { SourceLog } from '../../../src/analysis/source-log.js';
import { decodeExportedPdu } from '../../../src/capture/exported-pdu.js';
import type { Frame } from '../../../src/capture/frame.js';
import { readCapture } from '../../../src/capture/read-capture.js';
import { parseDns } from '../../../src/layers/dns.js';
import { parseStun } from '../../../src/net/stun.js';
import { keptResolver } from '../../../src/probe/experiments/kept-resolver.js';
import { NO_EXPERIMENTS } from '../../../src/probe/experiments/run-experiments.js';
import { savedProbe } from '../../../src/probe/save.js';
import { toJsonDocument } from '../../../src/report/json.js';
import type { ExperimentEvent } from '../../../src/trace/observed.js';
import { traceCapture } from '../../../src/trace/trace-capture.js';
import { fakeResolver, probe, type Ran } from '../probe-harness.js';
import { honestRegistrar, udpRegistrar } from '../scripted-registrar.js';
import { FakeNetwork, PHONE, SERVER } from './fake-network.js';
import { stunSuccess } from './stun-bytes.js';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
	await Promise.all(closing.splice(0).map((close) => close()));
});

async function stunServer(): Promise<string> {
	const socket = createSocket('udp4');
	socket.on('message', (bytes, { address, port }) => {
		socket.send(stunSuccess(bytes, { address, port }, undefined), port, address);
	});
	await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
	closing.push(() => new Promise((done) => socket.close(() => done())));
	return `127.0.0.1:${socket.address().port}`;
}

/** A probe with STUN, OPTIONS and a REGISTER of its experiments; one run for all tests would share what fails. */
async function tried(): Promise<Ran> {
	const registrar = await udpRegistrar(honestRegistrar(), () => ({ status: 200 }));
	closing.push(() => registrar.close());
	const server = `127.0.0.1:${registrar.endpoint.port}`;
	const wanted = { ...NO_EXPERIMENTS, stun: [await stunServer()], traceroute: true };
	return probe({ server, experiments: wanted });
}

async function* fileOf(ran: Ran): AsyncGenerator<Uint8Array> {
	yield* savedProbe(ran.records);
}

async function payloads(ran: Ran): Promise<readonly Uint8Array[]> {
	const frames: Frame[] = [];
	await readCapture(fileOf(ran), (frame) => {
		frames.push({ ...frame, bytes: Uint8Array.from(frame.bytes) });
	});
	return frames.flatMap(({ bytes }) => {
		const pdu = decodeExportedPdu(bytes);
		return pdu.ok ? [pdu.value.payload] : [];
	});
}

async function analysed(ran: Ran) {
	const log = new SourceLog();
	const facts = await traceCapture('saved.pcapng', fileOf(ran), log);
	return analyse({ source: log.finish(facts), accounts: [] });
}

function registers(texts: readonly string[]): readonly string[] {
	return texts.filter((text) => text.startsWith('REGISTER '));
}

describe('the experiments in a saved probe', () => {
	it('are there packet by packet: STUN in both directions, and the REGISTERs of the traceroute', async () => {
		const ran = await tried();
		const all = await payloads(ran);
		const stun = all.flatMap((bytes) => parseStun(bytes)?.message ?? []);
		expect(stun).toEqual(['request', 'success']);
		const texts = all.map((bytes) => Buffer.from(bytes).toString('latin1'));
		expect(registers(texts).some((text) => /^Max-Forwards: 0$/m.test(text))).toBe(true);
	});

	it('are told again by an analysis of the file, table by table', async () => {
		const ran = await tried();
		const { experiments = [] } = await analysed(ran);
		const live = ran.experiments.map(({ proof: _proof, ...rest }) => rest);
		expect(experiments).toEqual(live.map((one) => ({ source: 'saved.pcapng', ...one })));
		expect(experiments.map(({ id }) => id)).toEqual(['stun', 'traceroute']);
	});

	it('change nothing of what is read as the registration', async () => {
		const ran = await tried();
		const log = new SourceLog();
		const asides = new Set(
			ran.records.flatMap((record, index) => (record.kind === 'aside' ? [index + 1] : [])),
		);
		expect(asides.size).toBeGreaterThan(3);
		const facts = await traceCapture('saved.pcapng', fileOf(ran), log);
		expect(facts.oddities).toEqual([]);
		const { registrations } = analyse({ source: log.finish(facts), accounts: [] });
		expect(registrations).toHaveLength(1);
		const frames = registrations.flatMap(({ messages }) =>
			messages.map(({ observed }) => observed.frame),
		);
		expect(frames.filter((frame) => asides.has(frame))).toEqual([]);
	});

	it('stand in the JSON report with the name of their source', async () => {
		const document = toJsonDocument(await analysed(await tried()), { name: 't', version: '0' });
		expect(document.experiments.map(({ source, id }) => [source, id])).toEqual([
			['saved.pcapng', 'stun'],
			['saved.pcapng', 'traceroute'],
		]);
	});
});

describe('the name of a helper', () => {
	it('is there with what the DNS said of it', async () => {
		const network = new FakeNetwork();
		const { recorder } = network;
		const resolver = { ...fakeResolver({ 'stun.example.com': ['192.0.2.7'] }), server: SERVER };
		const names = keptResolver(resolver, PHONE, recorder);
		expect(await names.resolve4('stun.example.com')).toEqual(['192.0.2.7']);
		await expect(names.resolve4('nobody.example.com')).rejects.toThrow();
		const kept = recorder.records.flatMap((one) => (one.kind === 'aside' ? [one] : []));
		expect(kept.map(({ dissector, src, dst }) => [dissector, src, dst.address])).toEqual([
			['dns', SERVER, PHONE],
			['dns', SERVER, PHONE],
		]);
		const [good, bad] = kept.map(({ payload }) => parseDns(payload, false));
		expect(good?.ok === true && good.value?.answers.map(({ data }) => data)).toEqual(['192.0.2.7']);
		expect(bad?.ok === true && bad.value?.answers).toEqual([]);
	});
});

describe('a table that has no room in a comment', () => {
	it('loses its last rows, and the file stays readable', async () => {
		const ran = await tried();
		const at = ran.records.findIndex(
			(record) => record.kind === 'event' && record.event.kind === 'experiment',
		);
		const record = ran.records[at];
		if (record?.kind !== 'event' || record.event.kind !== 'experiment') throw new Error('none');
		const row = Array.from({ length: 3 }, () => 'ä'.repeat(900));
		const large: ExperimentEvent = { ...record.event, rows: Array.from({ length: 60 }, () => row) };
		const records = ran.records.with(at, { kind: 'event', event: large });
		const { experiments = [] } = await analysed({ ...ran, records });
		const rows = experiments[0]?.rows.length ?? 0;
		expect(rows).toBeGreaterThan(0);
		expect(rows).toBeLessThan(60);
	});
});
