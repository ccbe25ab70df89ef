/*
 * However long a hostile capture is, what is kept of it is bounded, and so is the work that a frame makes.
 */
import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/analysis/analyse.js';
import { SourceLog } from '../../src/analysis/source-log.js';
import { toJsonDocument } from '../../src/report/json.js';
import { toJsonText } from '../../src/report/json-text.js';
import { traceCapture } from '../../src/trace/trace-capture.js';
import { pcapFile } from '../support/capture-bytes.js';
import { collectGarbage } from '../support/collect-garbage.js';
import { countSteps } from '../support/steps.js';
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
/**
 * What a frame may cost, on the average of a quarter: a REGISTER whose connection is let go takes some 5,000 steps, and a
 * full table that is looked through for each frame many more.
 */
const MAX_STEPS_PER_FRAME = 7000;
const MAX_REPORT = 20_000_000;
const FILE_HEADER_BYTES = 24;

function keptBytes(): number {
	collectGarbage();
	const { heapUsed, arrayBuffers } = process.memoryUsage();
	return heapUsed + arrayBuffers;
}

const stepsSinceLast = countSteps();

interface Look {
	readonly kept: number;
	/** Since the look before. */
	readonly steps: number;
}

function look(isKeptAsked: boolean): Look {
	return { kept: isKeptAsked ? keptBytes() : 0, steps: stepsSinceLast() };
}

/** The capture in chunks; `looks` has what was done and kept before each quarter and at the end. */
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
	it.each(HOSTILE)('%s', async (_name, frames, frameOf) => {
		const looks: Look[] = [];
		const log = new SourceLog();
		const facts = await traceCapture('a.pcap', chunksOf(frameOf, frames, looks), log);
		expect(facts.packets).toBe(frames);
		const [start, second, third, last, end] = looks;
		const kept = (end?.kept ?? 0) - (start?.kept ?? 0);
		expect(kept).toBeLessThan(MAX_KEPT_BYTES);
		expect((end?.kept ?? 0) - (last?.kept ?? 0)).toBeLessThan(MAX_GROWTH_BYTES);
		for (const quarter of [second, third, last, end]) {
			const perFrame = ((quarter?.steps ?? 0) * QUARTERS) / frames;
			expect(perFrame).toBeGreaterThan(1);
			expect(perFrame).toBeLessThan(MAX_STEPS_PER_FRAME);
		}
		const analysis = analyse({ source: log.finish(facts), accounts: [] });
		const json = toJsonText(toJsonDocument(analysis, { name: 'sipdoctor', version: '0.0.0' }));
		expect(json.length).toBeLessThan(MAX_REPORT);
	});
});
