import { defineConfig } from 'vitest/config';

export default defineConfig({
	test: {
		include: ['test/**/*.test.ts'],
		// @oclif/test captures nothing while vitest intercepts the console.
		disableConsoleIntercept: true,
		// Command tests start processes and the lab waits for real timers; both share two cores.
		testTimeout: 30_000,
		hookTimeout: 60_000,
	},
});
