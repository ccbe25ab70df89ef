/*
 * However long a hostile capture is, what is kept of it is bounded, and each frame takes no longer than those before it.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/analysis/analyse.js';
import { SourceLog } from '../../src/analysis/source-log.js';
import { toJsonDocument } from '../../src/report/json.js';
import { toJsonText } from '../../src/report/json-text.js';
import { traceCapture } from '../../src/trace/trace-capture.js';
import { pcapFile } from '../support/capture-bytes.js';
import { HOSTILE } from './hostile-frames.js';

/** Of these one frame after another fills a table of 20 000 connections, or one of 10 000 of whatever else. */
const FRAMES = { ofConnections: 80_000, others: 40_000 };
const LOOKS = 4;
const CHUNK_FRAMES = 500;
/** A microsecond between frames: nothing expires by time. */
const FRAME_US = 1;
/** What grows within this is the collector's, and the last things that a table takes. */
const MAX_GROWTH_BYTES = 6_000_000;
/** 20 000 connections with what waits of each; less than half without the tools of the tests. */
const MAX_KEPT_BYTES = 300_000_000;
const MAX_REPORT = 20_000_000;
const FILE_HEADER_BYTES = 24;

setFlagsFromString('--expose-gc');
const collect: unknown = runInNewContext('gc');

function keptBytes(): number {
	if (typeof collect !== 'function') throw new Error('no collector');
	// What a first pass lets go of may hold more.
	collect();
	collect();
	const { heapUsed, arrayBuffers } = process.memoryUsage();
	return heapUsed + arrayBuffers;
}

function cpuMicros(): number {
	const { user, system } = process.cpuUsage();
	return user + system;
}

interface Look {
	readonly kept: number;
	readonly micros: number;
}

/** The capture in chunks; `looks` has what was kept and used after each quarter. */
async function* chunksOf(frameOf: (index: number) => Buffer, frames: number, looks: Look[]) {
	for (let first = 0; first < frames; first += CHUNK_FRAMES) {
		if (first % (frames / LOOKS) === 0) looks.push({ kept: keptBytes(), micros: cpuMicros() });
		const records = Array.from({ length: CHUNK_FRAMES }, (_, at) => ({
			seconds: 1_700_000_000,
			fraction: (first + at) * FRAME_US,
			bytes: frameOf(first + at),
		}));
		const file = pcapFile({ records });
		yield first === 0 ? file : file.subarray(FILE_HEADER_BYTES);
	}
	looks.push({ kept: keptBytes(), micros: cpuMicros() });
}

describe('a capture without end of', () => {
	it.each(Object.entries(HOSTILE))(
		'%s',
		async (_, { frameOf, isOfConnections }) => {
			const frames = isOfConnections ? FRAMES.ofConnections : FRAMES.others;
			const looks: Look[] = [];
			const log = new SourceLog();
			const facts = await traceCapture('a.pcap', chunksOf(frameOf, frames, looks), log);
			expect(facts.packets).toBe(frames);
			const kept = looks.map((look) => look.kept);
			const growth = (kept.at(-1) ?? 0) - (kept.at(-2) ?? 0);
			const total = (kept.at(-1) ?? 0) - (kept[0] ?? 0);
			const micros = looks.map((look) => look.micros);
			const times = micros.slice(1).map((micro, at) => micro - (micros[at] ?? 0));
			const [, second = 1] = times;
			const analysis = analyse({ source: log.finish(facts), accounts: [] });
			const json = toJsonText(toJsonDocument(analysis, { name: 'sipdoctor', version: '0.0.0' }));
			expect(total).toBeLessThan(MAX_KEPT_BYTES);
			expect(growth).toBeLessThan(MAX_GROWTH_BYTES);
			expect((times.at(-1) ?? 0) / second).toBeLessThan(2.5);
			expect(json.length).toBeLessThan(MAX_REPORT);
		},
		120_000,
	);
});
