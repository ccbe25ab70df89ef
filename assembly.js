/*
 * Makes src/trace/recogniser-code.ts of src/trace/assembly: WebAssembly as a text, so that it is loaded like any module,
 * from the sources as well as from what is shipped. The checks of AssemblyScript's runtime stay in it: they are made where
 * memory is given out and taken back, which is seldom, and keep what is given back twice from being used for two things.
 */
import { writeFileSync } from 'node:fs';
import asc from 'assemblyscript/asc';

let code;
const { error, stderr } = await asc.main(
	[
		...['src/trace/assembly/index.ts', '--outFile', 'recogniser.wasm', '--runtime', 'minimal'],
		...['-O3', '--enable', 'simd'],
	],
	{
		writeFile: (_, contents) => {
			code = contents;
		},
	},
);
if (error !== null) throw new Error(`${error.message}\n${stderr}`);
writeFileSync(
	new URL('src/trace/recogniser-code.ts', import.meta.url),
	[
		'/* Made by assembly.js of src/trace/assembly. */',
		`export const RECOGNISER_CODE = '${Buffer.from(code).toString('base64')}';\n`,
	].join('\n'),
);
