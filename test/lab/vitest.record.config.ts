import { defineConfig } from 'vitest/config';

export default defineConfig({
	test: {
		include: ['test/lab/record-captures.ts'],
		// Silence lasts 32 s of real time each (Timer F): most of a scenario is waiting.
		maxConcurrency: 10,
		testTimeout: 150_000,
	},
});
