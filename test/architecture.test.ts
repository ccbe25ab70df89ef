/*
 * The import table of ARCHITECTURE.md, run: a folder of src/ imports itself, the ground, and the folders named here.
 * A folder without a row fails, so a new one needs a decision.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

const GROUND = ['bytes', 'time', 'net'];

const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
	bytes: [],
	time: [],
	net: ['bytes'],
	digest: GROUND,
	sip: [...GROUND, 'digest'],
	capture: GROUND,
	layers: [...GROUND, 'capture'],
	trace: [...GROUND, 'sip', 'capture', 'layers'],
	transaction: [...GROUND, 'sip', 'trace'],
	registration: [...GROUND, 'digest', 'sip', 'trace', 'transaction'],
	diagnosis: [...GROUND, 'digest', 'sip', 'trace', 'transaction', 'registration'],
	analysis: [
		...GROUND,
		...['digest', 'sip', 'capture', 'layers', 'trace', 'transaction', 'registration', 'diagnosis'],
	],
	report: [
		...GROUND,
		...['digest', 'sip', 'trace', 'transaction', 'registration', 'diagnosis', 'analysis'],
	],
	probe: [...GROUND, 'digest', 'sip', 'capture', 'layers', 'trace', 'transaction'],
	reflector: [...GROUND, 'digest', 'sip'],
	usecase: [
		...GROUND,
		...['digest', 'sip', 'capture', 'layers', 'trace', 'transaction', 'registration', 'diagnosis'],
		...['analysis', 'report', 'probe', 'reflector'],
	],
	commands: ['usecase', 'report', 'diagnosis'],
};

/** What only some may touch: packages and built-in modules → folders or files that may. */
const ONLY_IN: Readonly<Record<string, readonly string[]>> = {
	'@oclif/core': ['commands'],
	ora: ['commands'],
	chalk: ['report'],
	'cli-table3': ['report'],
	'pcap-parser': ['capture/pcap.ts'],
	'dns-packet': ['layers/dns.ts'],
	'node:fs': ['commands', 'capture/file-reader.ts', 'capture/file-writer.ts'],
	'node:fs/promises': ['commands', 'capture/file-reader.ts', 'capture/file-writer.ts'],
	'node:dgram': ['probe', 'reflector'],
	'node:net': ['probe', 'reflector'],
	'node:tls': ['probe'],
	ws: ['probe'],
	'node:dns': ['probe'],
	'node:dns/promises': ['probe'],
	'node:crypto': ['digest', 'commands', 'layers/tls-certificate.ts'],
};

interface Import {
	/** Relative to src/, `sip/parse-message.ts`. */
	readonly from: string;
	/** Relative to src/ for files of ours, else the package. */
	readonly to: string;
	readonly isPackage: boolean;
}

/** Value, type-only, side-effect, re-export and dynamic imports: all of them name a module in quotes. */
function importsIn(text: string): readonly string[] {
	const pattern = /(?:\bfrom\s*|\bimport\s*\(\s*|\bimport\s+|\brequire\s*\(\s*)(['"])([^'"]+)\1/g;
	return [...text.matchAll(pattern)].map(([, , specifier]) => specifier ?? '');
}

function violations(imports: readonly Import[]): readonly string[] {
	return imports.flatMap(({ from, to, isPackage }) => {
		const folder = from.split('/')[0] ?? '';
		if (isPackage) {
			const allowed = ONLY_IN[to];
			if (allowed === undefined || allowed.includes(folder) || allowed.includes(from)) return [];
			return [`${from} imports ${to}, which only ${allowed.join(', ')} may`];
		}
		const target = to.split('/')[0] ?? '';
		if (target === folder || MAY_IMPORT[folder]?.includes(target) === true) return [];
		return [`${from} imports ${to}: ${folder} may not import ${target}`];
	});
}

const SRC = join(import.meta.dirname, '../src');

function allImports(): readonly Import[] {
	const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) =>
		name.endsWith('.ts'),
	);
	return files.flatMap((name) => {
		const from = name.split(sep).join('/');
		return importsIn(readFileSync(join(SRC, name), 'utf8')).map((specifier) => {
			const isPackage = !specifier.startsWith('.');
			const path = relative(SRC, resolve(dirname(join(SRC, name)), specifier));
			return { from, to: isPackage ? specifier : path.split(sep).join('/'), isPackage };
		});
	});
}

describe('the layers', () => {
	it('import only what the table allows', () => {
		const imports = allImports();
		expect(imports.length).toBeGreaterThan(200);
		expect(violations(imports)).toEqual([]);
	});

	it('are all in the table', () => {
		const folders = readdirSync(SRC, { withFileTypes: true })
			.filter((entry) => entry.isDirectory() && readdirSync(join(SRC, entry.name)).length > 0)
			.map(({ name }) => name);
		expect(Object.keys(MAY_IMPORT)).toEqual(expect.arrayContaining(folders));
	});

	it.each([
		['a plain import', "import { x } from '../report/json.js';"],
		['a type import', "import type { X } from '../report/json.js';"],
		['a side-effect import', "import '../report/json.js';"],
		['a dynamic import', "await import('../report/json.js');"],
		['a re-export', "export { x } from '../report/json.js';"],
	])('are held against %s', (_name, text) => {
		const planted = importsIn(text).map((to) => ({
			from: 'sip/uri.ts',
			to: to.slice(3),
			isPackage: false,
		}));
		expect(violations(planted)).toEqual([
			'sip/uri.ts imports report/json.js: sip may not import report',
		]);
	});

	it('keep sockets in the probe and the reflector', () => {
		const planted = [{ from: 'analysis/analyse.ts', to: 'node:dgram', isPackage: true }];
		expect(violations(planted)).toHaveLength(1);
	});
});
