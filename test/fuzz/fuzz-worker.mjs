/* Runs inputs one after the other and says which; its parent watches that it goes on and has bounded its heap. */
import { setImmediate } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { checkInput } from './check-input.mjs';
import { makeMutant } from './mutant.mjs';
import { readSeeds } from './seeds.mjs';

const { seed, first, last, until, progress } = workerData;
const seeds = readSeeds();
const sizes = [];
const outcomes = {};
/** Heap and array buffers; an input has 200 kB at most, and nothing of it may stay. */
const MAX_MEMORY = 400 * 1024 * 1024;

function memoryProblem() {
	const { heapUsed, arrayBuffers } = process.memoryUsage();
	if (heapUsed + arrayBuffers <= MAX_MEMORY) return undefined;
	return `large: ${heapUsed} bytes of heap and ${arrayBuffers} of buffers after it or one shortly before`;
}

for (let number = first; number <= last && Date.now() < until; number += 1) {
	Atomics.store(progress, 0, number);
	const input = makeMutant(seeds, seed, number);
	sizes.push(input.file.length);
	const checked = await checkInput(input);
	let { problem } = checked;
	if (number % 32 === 0) {
		// Node frees what promises held only when the event loop turns, as it does for every reader of a real file.
		await setImmediate();
		problem ??= memoryProblem();
	}
	if (problem !== undefined) parentPort.postMessage({ number, problem });
	for (const outcome of checked.outcomes) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
}
parentPort.postMessage({ sizes, outcomes });
