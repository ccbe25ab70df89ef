/*
 * Mutants of the fixtures, and of phones that repeat themselves, through the whole pipeline.
 *
 *   npm run fuzz -- [--time SECONDS] [--inputs N] [--seed N] [--first N] [--findings DIR]
 *
 * Each input depends on the seed and its number alone: `--seed S --first N --inputs 1` runs one of them again. What does
 * not hold is printed, and its input written to DIR. Exits 1 where anything was found.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { makeMutant } from './mutant.mjs';
import { readSeeds } from './seeds.mjs';

const { values } = parseArgs({
	options: {
		time: { type: 'string', default: '60' },
		inputs: { type: 'string', default: '1000000000' },
		seed: { type: 'string', default: String(Date.now() % 1_000_000) },
		first: { type: 'string', default: '1' },
		findings: { type: 'string', default: join(tmpdir(), 'sipdoctor-findings') },
	},
});
/** An input that takes longer than this hangs; the slow ones say so themselves. */
const HANG_MS = 30_000;
const HEAP_MEGABYTES = 512;
/** Beyond this the run tells nothing new. */
const MAX_FINDINGS = 50;
/** A mutant of less than this exercises little more than the file header. */
const MEDIAN_BYTES = 500;

/** Shared with the worker: the number of its input, and whether it is to end. */
const progress = new Int32Array(new SharedArrayBuffer(8));
const end = () => Atomics.store(progress, 1, 1);
const isEnded = () => Atomics.load(progress, 1) === 1;
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, end);

process.exitCode = await main({
	seed: Number(values.seed),
	first: Number(values.first),
	last: Number(values.first) + Number(values.inputs) - 1,
	until: Date.now() + Number(values.time) * 1000,
});

async function main(run) {
	const seeds = readSeeds();
	const findings = [];
	const total = { sizes: [], outcomes: {} };
	const report = (number, problem) => {
		findings.push(number);
		const { file } = makeMutant(seeds, run.seed, number);
		print(
			`finding: input ${number}, ${file.length} bytes, ${writeFinding(run.seed, number, file)}`,
		);
		print(`  ${problem.split('\n').slice(0, 6).join('\n  ')}`);
		if (findings.length >= MAX_FINDINGS) end();
	};
	let next = run.first;
	while (next <= run.last && Date.now() < run.until && !isEnded()) {
		next = await runWorker({ ...run, first: next }, total, report);
	}
	return summary(run, total, findings);
}

/** Runs a worker to its end, or to an input that kills it; gives the number of the input to go on with. */
function runWorker(run, total, report) {
	Atomics.store(progress, 0, 0);
	const worker = new Worker(new URL('fuzz-worker.mjs', import.meta.url), {
		workerData: { ...run, progress },
		resourceLimits: { maxOldGenerationSizeMb: HEAP_MEGABYTES },
	});
	let seen = 0;
	let since = Date.now();
	let death;
	const watch = setInterval(() => {
		const number = Atomics.load(progress, 0);
		if (number !== seen) {
			seen = number;
			since = Date.now();
		} else if (number > 0 && Date.now() - since > HANG_MS && death === undefined) {
			death = `hangs: not done after ${HANG_MS} ms`;
			void worker.terminate();
		}
	}, 1000);
	return new Promise((resolve) => {
		worker.on('message', ({ number, problem, sizes, outcomes }) => {
			if (number !== undefined) report(number, problem);
			for (const size of sizes ?? []) total.sizes.push(size);
			for (const [outcome, count] of Object.entries(outcomes ?? {})) {
				total.outcomes[outcome] = (total.outcomes[outcome] ?? 0) + count;
			}
		});
		worker.on('error', (error) => {
			death ??= `kills the process: ${error.message}`;
		});
		worker.on('exit', () => {
			clearInterval(watch);
			if (death === undefined) return resolve(run.last + 1);
			const killer = Atomics.load(progress, 0);
			report(killer, death);
			resolve(killer + 1);
		});
	});
}

function writeFinding(seed, number, file) {
	mkdirSync(values.findings, { recursive: true });
	const path = join(values.findings, `seed-${seed}-input-${number}.pcap`);
	writeFileSync(path, file);
	return path;
}

function summary({ seed }, { sizes, outcomes }, findings) {
	const inOrder = sizes.toSorted((a, b) => a - b);
	const median = inOrder[Math.floor(inOrder.length / 2)] ?? 0;
	const bytes = sizes.reduce((sum, size) => sum + size, 0);
	print(`seed ${seed}: ${sizes.length} inputs, ${bytes} bytes, median ${median} bytes`);
	print(`registrations found: ${JSON.stringify(outcomes)}`);
	print(`${findings.length} findings`);
	if (sizes.length > 100 && median < MEDIAN_BYTES) {
		print(`the median is below ${MEDIAN_BYTES} bytes: these inputs prove nothing`);
		return 1;
	}
	return findings.length === 0 ? 0 : 1;
}

function print(line) {
	process.stdout.write(`${line}\n`);
}
