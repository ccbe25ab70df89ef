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

const QUARTERS = 4;
const CHUNK_FRAMES = 500;
/** A microsecond between frames: nothing expires by time. */
const FRAME_US = 1;
/**
 * What grows within this is the collector's, and the thousand connections that are let go at one time: it depends on
 * where between two such times a quarter ends. Were those of a quarter kept, it would be more than 40 MB.
 */
const MAX_GROWTH_BYTES = 30_000_000;
/** 20 000 connections with what waits of each; less than half without the tools of the tests. */
const MAX_KEPT_BYTES = 300_000_000;
/** A table that is looked through for each frame makes it many times as slow as it fills. */
const MAX_SLOWDOWN = 4;
/** What is done within this is quick, whatever the collector or another program adds to it. */
const LEAST_MICROS = 500_000;
const MAX_REPORT = 20_000_000;
const FILE_HEADER_BYTES = 24;

setFlagsFromString('--expose-gc');
const collect: unknown = runInNewContext('gc');

function keptBytes(): number {
	if (typeof collect !== 'function') throw new Error('no collector');
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
	/** Processor time, without that of the look. */
	readonly before: number;
	readonly after: number;
}

function look(isKeptAsked: boolean): Look {
	const before = cpuMicros();
	const kept = isKeptAsked ? keptBytes() : 0;
	return { kept, before, after: cpuMicros() };
}

/** The capture in chunks; `looks` has what was used and kept before each quarter and at the end. */
async function* chunksOf(frameOf: (index: number) => Buffer, frames: number, looks: Look[]) {
	const quarter = frames / QUARTERS;
	for (let first = 0; first < frames; first += CHUNK_FRAMES) {
		// To collect takes longer than to read: only where it is asked what was kept.
		if (first % quarter === 0) looks.push(look(first === 0 || first === frames - quarter));
		const records = Array.from({ length: CHUNK_FRAMES }, (_, at) => ({
			seconds: 1_700_000_000,
			fraction: (first + at) * FRAME_US,
			bytes: frameOf(first + at),
		}));
		const file = pcapFile({ records });
		yield first === 0 ? file : file.subarray(FILE_HEADER_BYTES);
	}
	looks.push(look(true));
}

describe('a capture without end of', () => {
	it.each(HOSTILE)('%s', { timeout: 120_000 }, async (_name, frames, frameOf) => {
		const looks: Look[] = [];
		const log = new SourceLog();
		const facts = await traceCapture('a.pcap', chunksOf(frameOf, frames, looks), log);
		expect(facts.packets).toBe(frames);
		const [start, second, third, last, end] = looks;
		const kept = (end?.kept ?? 0) - (start?.kept ?? 0);
		expect(kept).toBeLessThan(MAX_KEPT_BYTES);
		expect((end?.kept ?? 0) - (last?.kept ?? 0)).toBeLessThan(MAX_GROWTH_BYTES);
		const secondQuarter = (third?.before ?? 0) - (second?.after ?? 0);
		const lastQuarter = (end?.before ?? 0) - (last?.after ?? 0);
		expect(lastQuarter).toBeLessThan(MAX_SLOWDOWN * Math.max(secondQuarter, LEAST_MICROS));
		const analysis = analyse({ source: log.finish(facts), accounts: [] });
		const json = toJsonText(toJsonDocument(analysis, { name: 'sipdoctor', version: '0.0.0' }));
		expect(json.length).toBeLessThan(MAX_REPORT);
	});
});
