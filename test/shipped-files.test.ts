/* What npm ships: the bundle in dist/, of our modules and of packages, which `npm run build` makes. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, posix, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sipdoctor } from './support/sipdoctor.js';

const ROOT = dirname(import.meta.dirname);
const DIST = join(ROOT, 'dist');
const CAPTURE = join(ROOT, 'fixtures/captures/wrong-password/phone.pcap');

interface Manifest {
	readonly dependencies: Readonly<Record<string, string>>;
	readonly oclif: { readonly commands: { readonly globPatterns: readonly string[] } };
}

/** Of a bundled file: what it imports, at once and when needed, and requires; the modules of ours and the packages that it was made of. */
interface Shipped {
	readonly imports: readonly string[];
	readonly requires: readonly string[];
	readonly modules: readonly string[];
	readonly packages: readonly string[];
}

const IMPORT =
	/^(?:import|export)\b[^;]*? from "([^"]+)";$|^import "([^"]+)";$|\bimport\("([^"]+)"\)/gm;
const REQUIRE = /\b__require\("([^"]+)"\)/g;
/** What packages ask for and can do without: oclif for the TypeScript of a plugin, ws for what it does itself otherwise. */
const OPTIONAL = ['bufferutil', 'typescript', 'utf-8-validate'];
/** Greedy at first, as a package may have brought others along. */
const PACKAGE = /^\/\/ \S*\bnode_modules\/((?:@[^/\s]+\/)?[^/\s]+)\//gm;
/** How the licences of a package begin. */
const LICENCE = /^# (\S+) \d\S* \(\S+\)$/gm;

async function readShipped(file: string): Promise<Shipped> {
	const text = await readFile(join(DIST, file), 'utf8');
	const imports = [...text.matchAll(IMPORT)].map((found) => found.slice(1).join(''));
	const requires = [...text.matchAll(REQUIRE)].map(([, name = '']) => name);
	const modules = [...text.matchAll(/^\/\/ build\/(\S+)$/gm)].map(([, module = '']) => module);
	const packages = [...text.matchAll(PACKAGE)].map(([, name = '']) => name);
	return { imports, requires, modules, packages };
}

describe('the files that are shipped', () => {
	const shipped = new Map<string, Shipped>();
	let entries: readonly string[] = [];
	let dependencies: readonly string[] = [];
	let scratch = '';

	beforeAll(async () => {
		const manifest = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as Manifest;
		dependencies = Object.keys(manifest.dependencies);
		entries = ['main.js', ...manifest.oclif.commands.globPatterns].map(
			(name) => `commands/${name}`,
		);
		const found = await readdir(DIST, { recursive: true, withFileTypes: true });
		for (const entry of found.filter(({ name }) => name.endsWith('.js'))) {
			const file = join(entry.parentPath, entry.name).slice(DIST.length + 1);
			shipped.set(file.split(sep).join('/'), await readShipped(file));
		}
		scratch = await mkdtemp(join(tmpdir(), 'sipdoctor-shipped-'));
	});
	afterAll(() => rm(scratch, { recursive: true, force: true }));

	/** Every import of a file of ours, as a path in dist/. */
	function ours(file: string): readonly string[] {
		const relative = (shipped.get(file)?.imports ?? []).filter((name) => name.startsWith('.'));
		return relative.map((name) => posix.join(posix.dirname(file), name));
	}

	/** The modules of src/ that a run loads, and in how many files of dist/ they came: node itself says it. */
	async function loadedBy(args: readonly string[]) {
		const folder = await mkdtemp(join(scratch, 'run-'));
		await sipdoctor(args, { env: { NODE_V8_COVERAGE: folder } });
		const [written = ''] = await readdir(folder);
		const { result } = JSON.parse(await readFile(join(folder, written), 'utf8')) as {
			result: readonly { readonly url: string }[];
		};
		const paths = result.map(({ url }) => (url.startsWith('file:') ? fileURLToPath(url) : url));
		const files = paths.filter((path) => path.startsWith(DIST + sep));
		const names = files.map((path) =>
			path
				.slice(DIST.length + 1)
				.split(sep)
				.join('/'),
		);
		const modules = names.flatMap((name) => shipped.get(name)?.modules ?? []);
		return { files: names, modules };
	}

	it('are one for each command, and those that they share', () => {
		const reached = new Set(entries);
		// A Set goes on with what is added while it is read.
		for (const file of reached) for (const name of ours(file)) reached.add(name);
		expect([...shipped.keys()].sort()).toEqual([...reached].sort());
	});

	it('import each other, node, and the dependencies, and nothing else', () => {
		const packages = [...shipped.values()].flatMap(({ imports }) =>
			imports.filter((name) => !name.startsWith('.') && !isBuiltin(name)),
		);
		expect([...new Set(packages)].sort()).toEqual([...dependencies].sort());
		const required = [...shipped.values()].flatMap(({ requires }) => requires);
		expect(OPTIONAL).toEqual(expect.arrayContaining(required.filter((name) => !isBuiltin(name))));
		for (const file of shipped.keys())
			for (const name of ours(file)) expect([...shipped.keys()], file).toContain(name);
	});

	it('hold each module of ours once', () => {
		const modules = [...shipped.values()].flatMap((file) => file.modules);
		expect(modules.length).toBeGreaterThan(500);
		expect(new Set(modules).size).toBe(modules.length);
	});

	it('are few where a capture is read', async () => {
		const { files, modules } = await loadedBy(['analyze', CAPTURE]);
		expect(modules).toContain('analysis/analyse.js');
		expect(files.length).toBeLessThan(50);
	});

	it('are not read for a command that nobody asked for', async () => {
		const { files, modules } = await loadedBy(['--version']);
		expect(files).toContain('chunks/oclif.js');
		expect(files.length).toBeLessThan(5);
		expect(modules).toEqual(['commands/main.js']);
	});

	it('come with the licences of all packages that are in them', async () => {
		const packages = new Set([...shipped.values()].flatMap((file) => file.packages));
		expect(packages).toContain('@oclif/core');
		const text = await readFile(join(DIST, 'THIRD-PARTY-LICENSES.txt'), 'utf8');
		const licensed = [...text.matchAll(LICENCE)].map(([, name]) => name);
		expect(licensed).toEqual(expect.arrayContaining([...packages]));
	});

	it('print nothing of their own, whatever DEBUG says', async () => {
		const ran = await sipdoctor(['analyze', CAPTURE], { env: { DEBUG: '*' } });
		expect(ran).toEqual({ ...(await sipdoctor(['analyze', CAPTURE])), stderr: '' });
	});

	it.each(['terminal', 'json', 'junit'])(
		'are, of all formats, those of %s alone where that is asked for',
		async (format) => {
			const { modules } = await loadedBy(['analyze', CAPTURE, '--format', format]);
			const lazy = /^(?:probe|reflector)\/|^report\/(?:terminal|json|ndjson|junit|watch-text)\.js$/;
			expect(modules.filter((name) => lazy.test(name))).toEqual([`report/${format}.js`]);
		},
	);
});
