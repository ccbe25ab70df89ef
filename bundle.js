/*
 * Makes what is shipped, dist/, of the modules that tsc wrote to build/: few files, as node takes longer to find and open
 * some hundred small ones than to read a small capture.
 */
import { readFileSync } from 'node:fs';
import { build } from 'rolldown';

const { oclif } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
const names = ['main.js', ...oclif.commands.globPatterns].map((file) => file.replace(/\.js$/, ''));

await build({
	cwd: import.meta.dirname,
	input: Object.fromEntries(
		names.map((name) => [`commands/${name}`, `./build/commands/${name}.js`]),
	),
	platform: 'node',
	// Packages stay where npm put them. The colon leaves out the absolute paths of Windows.
	external: /^[@\w][^:]/,
	output: {
		dir: 'dist',
		// Whatever another build left is not to be shipped.
		cleanDir: true,
		chunkFileNames: 'chunks/[name].js',
		// The names in a stack trace are those of the sources; each module is still headed by its path.
		minifyInternalExports: false,
		comments: false,
	},
	onwarn: (warning) => {
		throw new Error(warning.message);
	},
});
