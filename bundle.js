/*
 * Makes what is shipped, dist/, of the modules that tsc wrote to build/: few files, as node takes longer to find and open
 * some hundred small ones than to read a small capture.
 */
import { readFileSync } from 'node:fs';
import { build } from 'rolldown';
import { licences } from './licences.js';

const { dependencies, oclif } = JSON.parse(
	readFileSync(new URL('package.json', import.meta.url), 'utf8'),
);
const names = ['main.js', ...oclif.commands.globPatterns].map((file) => file.replace(/\.js$/, ''));

await build({
	cwd: import.meta.dirname,
	input: Object.fromEntries(
		names.map((name) => [`commands/${name}`, `./build/commands/${name}.js`]),
	),
	platform: 'node',
	// What npm installs beside it stays there: of pcap-parser's `new Buffer` node warns outside node_modules. The files
	// of all others are as slow to find as ours. The compiler oclif asks for only where there is TypeScript to run.
	external: [...Object.keys(dependencies), 'typescript'],
	// AssemblyScript compiles what shares out memory into the recogniser.
	plugins: [licences('THIRD-PARTY-LICENSES.txt', ['assemblyscript'])],
	output: {
		dir: 'dist',
		// Whatever another build left is not to be shipped.
		cleanDir: true,
		chunkFileNames: 'chunks/[name].js',
		// The names in a stack trace are those of the sources; each module is still headed by its path.
		minifyInternalExports: false,
		comments: false,
		// Every start needs it, and `--version` hardly anything else.
		codeSplitting: { groups: [{ name: 'oclif', test: /[\\/]node_modules[\\/]@oclif[\\/]/ }] },
	},
	onwarn: (warning) => {
		throw new Error(warning.message);
	},
});
