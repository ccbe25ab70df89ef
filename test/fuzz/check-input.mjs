/*
 * One input through the whole pipeline, built: capture → trace → analysis → report. What must hold for any bytes is
 * checked here.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { analyse } from '../../build/analysis/analyse.js';
import { SourceLog } from '../../build/analysis/source-log.js';
import { CaptureError } from '../../build/capture/capture-error.js';
import { toJsonDocument } from '../../build/report/json.js';
import { toJsonText } from '../../build/report/json-text.js';
import { renderTerminal } from '../../build/report/terminal.js';
import { traceCapture } from '../../build/trace/trace-capture.js';
import { PASSWORD } from './mutant.mjs';

const SCHEMA = join(import.meta.dirname, '../../schemas/report.schema.json');
const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(
	JSON.parse(readFileSync(SCHEMA, 'utf8')),
);

/** An input may take this long, and this much longer for each of its bytes, decompressed. */
const BASE_MS = 500;
const MS_PER_BYTE = 0.02;
const MAX_REPORT_CHARACTERS = 20_000_000;

/** Controls but line feeds, and what turns the direction of text. */
const STEERING = /(?!\n)\p{Cc}|\p{Bidi_Control}/u;
const TOOL = { name: 'sipdoctor', version: '0.0.0' };
const ACCOUNTS = [
	{
		username: '1001',
		realm: undefined,
		aor: undefined,
		secret: { kind: 'password', password: PASSWORD },
	},
];

/**
 * Runs an input. `problem` says what does not hold, undefined where everything does; `outcomes` are those of the
 * registrations found, for the figures of a run.
 */
export async function checkInput(input) {
	const start = performance.now();
	try {
		const outcomes = await runPipeline(input);
		return { problem: await slowness(performance.now() - start, input), outcomes };
	} catch (error) {
		if (error instanceof CaptureError) return { problem: undefined, outcomes: [] };
		const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
		return { problem: words, outcomes: [] };
	}
}

/** By the clock first; then once more by processor time, as other programs share the machine. */
async function slowness(ms, input) {
	if (ms <= BASE_MS) return undefined;
	const bytes = await plainLength(input.file);
	const limit = BASE_MS + bytes * MS_PER_BYTE;
	if (ms <= limit) return undefined;
	const before = process.cpuUsage();
	await runPipeline(input);
	const { user, system } = process.cpuUsage(before);
	const used = Math.round((user + system) / 1000);
	if (used <= limit) return undefined;
	return `slow: ${used} ms for ${bytes} bytes, at most ${Math.round(limit)}`;
}

/** Bytes that there are to read: a damaged gzip can become far more than was put into it. */
async function plainLength(file) {
	if (file.readUInt16BE(0) !== 0x1f8b) return file.length;
	let length = 0;
	const count = new Writable({
		write(chunk, _encoding, done) {
			length += chunk.length;
			done();
		},
	});
	await pipeline(Readable.from([file]), createGunzip(), count).catch(() => undefined);
	return Math.max(file.length, length);
}

async function runPipeline({ file, chunkSize, columns, vantage }) {
	const log = new SourceLog(ACCOUNTS);
	const facts = await traceCapture('input', chunksOf(file, chunkSize), log);
	const analysis = analyse({ source: log.finish(facts), accounts: ACCOUNTS, vantage });
	const document = toJsonDocument(analysis, TOOL);
	const json = toJsonText(document);
	const text = renderTerminal(analysis, {
		columns,
		colour: false,
		detail: 'all',
		fullLadder: true,
	});
	holds(validate(JSON.parse(json)), () => `not of the schema: ${JSON.stringify(validate.errors)}`);
	harmless('terminal', text);
	harmless('JSON', json);
	// Frames that could not be delivered have numbers as well, and are oddities.
	const lastFrame = facts.oddities.reduce((sum, { count }) => sum + count, facts.packets);
	for (const registration of document.registrations) consistent(registration, lastFrame);
	return document.registrations.map(({ outcome }) => outcome);
}

async function* chunksOf(file, size) {
	for (let at = 0; at < file.length; at += size) yield file.subarray(at, at + size);
}

function harmless(name, text) {
	const found = STEERING.exec(text);
	holds(found === null, () => {
		const code = text.charCodeAt(found.index).toString(16);
		return `control character ${code} in the ${name} report`;
	});
	holds(!text.includes(PASSWORD), () => `the password is in the ${name} report`);
	holds(text.length < MAX_REPORT_CHARACTERS, () => `a ${name} report of ${text.length} characters`);
}

/** What every report promises: evidence that is there, and in frames that are. */
function consistent({ cause, findings, outcome }, lastFrame) {
	for (const finding of [...findings, ...(cause === null ? [] : [cause])]) {
		holds(finding.evidence.length > 0, () => `${finding.id} without evidence`);
		const isThere = ({ frame }) => frame >= 0 && frame <= lastFrame;
		holds(finding.evidence.every(isThere), () => `${finding.id} points at a frame beyond the last`);
	}
	const isFine = outcome === 'registered' && cause?.severity === 'fatal';
	holds(!isFine, () => `registered, and yet a fatal cause: ${cause.id}`);
}

function holds(condition, words) {
	if (!condition) throw new Error(words());
}
