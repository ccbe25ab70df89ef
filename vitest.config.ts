import { defineConfig } from 'vitest/config';

export default defineConfig({
	test: {
		include: ['test/**/*.test.ts'],
		// @oclif/test captures nothing while vitest intercepts the console.
		disableConsoleIntercept: true,
		// Only what hangs runs into them: no test may fail because the machine is slow.
		testTimeout: 300_000,
		hookTimeout: 300_000,
	},
});
