/*
 * Every display filter that a report on a capture of the lab prints, run by tshark's own engine: that of the evidence
 * selects exactly the frames of the evidence, that of the registration every message of it.
 */
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Analysis } from '../../src/analysis/analysis.js';
import { readChunks } from '../../src/capture/file-reader.js';
import { renderTerminal } from '../../src/report/terminal.js';
import { analyseCaptures } from '../../src/usecase/analyse-captures.js';
import { type Selected, type Sharkd, startSharkd } from './sharkd.js';

const CAPTURES = join(import.meta.dirname, '../../fixtures/captures');
/** Wide enough for every filter: a terminal breaks it at blanks. */
const PAPER = { columns: 100_000, colour: false };

interface Printed {
	readonly file: string;
	readonly filter: string;
	/** `evidence`, `all`, or `in B` for the evidence in the second source. */
	readonly label: string;
	readonly analysis: Analysis;
}

interface Run extends Printed {
	readonly selected: Selected;
}

const incidents = readdirSync(CAPTURES)
	.filter((name) => existsSync(join(CAPTURES, name, 'truth.json')))
	.map((name) => ({
		name,
		files: ['phone.pcap', 'phone.pcapng', 'wan.pcap', 'proxy.pcap', 'server.pcap']
			.map((file) => join(CAPTURES, name, file))
			.filter((file) => existsSync(file)),
	}));

async function printedFilters(files: readonly string[]): Promise<readonly Printed[]> {
	const captures = files.map((name) => ({ name, chunks: readChunks(name) }));
	const analysis = await analyseCaptures({ captures, accounts: [], vantages: new Map() });
	const lines = renderTerminal(analysis, PAPER).split('\n');
	return lines.flatMap((line) => {
		const [, label, filter] = /^ {2}(evidence|all|in [A-Z]) +(\S.*)$/.exec(line) ?? [];
		if (label === undefined || filter === undefined) return [];
		const file = files[label.startsWith('in ') ? label.charCodeAt(3) - 65 : 0];
		return file === undefined ? [] : [{ label, filter, file, analysis }];
	});
}

/** Frames of one source that any cause or finding of the capture calls evidence, one list each. */
function evidenceOf({ registrations, findings }: Analysis, file: string) {
	const told = [...registrations.flatMap(({ cause }) => cause ?? []), ...findings];
	return told.map(({ evidence }) =>
		ascending(evidence.filter(({ source }) => source === file).map(({ frame }) => frame)),
	);
}

/** Frames of the messages of each registration in one source. */
function messagesOf({ registrations }: Analysis, file: string): readonly (readonly number[])[] {
	return registrations.map(({ messages }) =>
		ascending(
			messages
				.filter(({ observed }) => observed.source === file)
				.map(({ observed }) => observed.frame),
		),
	);
}

function ascending(frames: readonly number[]): readonly number[] {
	return [...new Set(frames)].filter((frame) => frame > 0).toSorted((a, b) => a - b);
}

/** Reports on each capture alone, and on all of an incident. */
async function filtersOf({ files }: { readonly files: readonly string[] }) {
	const reports = files.length > 1 ? [...files.map((file) => [file]), files] : [files];
	return (await Promise.all(reports.map(printedFilters))).flat();
}

async function runAll(sharkd: Sharkd, asked: readonly Printed[]): Promise<readonly Run[]> {
	const files = [...new Set(asked.map(({ file }) => file))];
	const runs = files.map(async (file) => {
		const own = asked.filter((one) => one.file === file);
		const selected = await sharkd.select(
			file,
			own.map(({ filter }) => filter),
		);
		return own.map((one, index) => ({ ...one, selected: selected[index] }));
	});
	return (await Promise.all(runs)).flat();
}

const folder = await mkdtemp(join(tmpdir(), 'sipdoctor-sharkd-'));
const sharkd = await startSharkd(join(folder, 'socket'));
if (sharkd === undefined && process.env['SIPDOCTOR_LAB'] === 'required') {
	throw new Error('SIPDOCTOR_LAB=required, but sharkd, which comes with tshark, is missing here');
}
afterAll(async () => {
	await sharkd?.stop();
	await rm(folder, { recursive: true, force: true });
});
const title =
	sharkd === undefined ? 'skipped: sharkd, which comes with tshark, is missing' : 'in tshark';

describe.skipIf(sharkd === undefined)(title, () => {
	let printed: readonly Run[] = [];
	beforeAll(async () => {
		const all: Run[] = [];
		for (const incident of incidents) {
			if (sharkd !== undefined) all.push(...(await runAll(sharkd, await filtersOf(incident))));
		}
		printed = all;
	});

	it('there is a filter for the evidence of every cause, and it is understood', () => {
		expect(printed.filter(({ label }) => label !== 'all').length).toBeGreaterThan(200);
		expect(printed.filter(({ selected }) => selected === undefined)).toEqual([]);
	});

	it('the filter for the evidence selects its frames and no others', () => {
		for (const { label, file, filter, selected, analysis } of printed) {
			if (label !== 'all') expect(evidenceOf(analysis, file), filter).toContainEqual(selected);
		}
	});

	it('the filter for a registration selects every message of it', () => {
		const whole = printed.filter(({ label }) => label === 'all');
		expect(whole.length).toBeGreaterThan(200);
		for (const { file, filter, selected, analysis } of whole) {
			const isWhole = messagesOf(analysis, file).some(
				(frames) => frames.length > 0 && frames.every((frame) => selected?.includes(frame)),
			);
			const isUnread = analysis.registrations.every(({ aor }) => aor === undefined);
			expect(isWhole || isUnread, `${file} ${filter}`).toBe(true);
		}
	});
});
