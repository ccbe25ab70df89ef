/*
 * For the bundle: the licences of the packages in it, which all of them want to be handed on with their code. Which
 * packages these are is known by the modules that came into the bundle, and not by what package.json lists.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Greedy at first: of packages in packages it is the innermost. */
const PACKAGE = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/;
/** An Apache licence wants the NOTICE as well. */
const LICENCE_FILE = /^(?:licen[cs]e|copying|notice)\b/i;

/**
 * A plugin of rolldown that writes them into one file; without the licence of a package there is no bundle. `compiledIn`:
 * packages of which a part is in our own modules.
 */
export function licences(fileName, compiledIn) {
	return {
		name: 'licences',
		generateBundle(_options, bundle) {
			const modules = Object.values(bundle).flatMap(({ moduleIds = [] }) => moduleIds);
			const folders = new Set([
				...compiledIn.map((name) => join(import.meta.dirname, 'node_modules', name)),
				...modules.flatMap((id) => PACKAGE.exec(id) ?? []),
			]);
			const source = [...folders].sort().map(licenceOf).join('\n');
			this.emitFile({ type: 'asset', fileName, source });
		},
	};
}

function licenceOf(folder) {
	const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
	const files = readdirSync(folder).filter((file) => LICENCE_FILE.test(file));
	const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
	if (!license || !texts.some((text) => text !== ''))
		throw new Error(`${name} ${version} is in the bundle, but its licence is not known`);
	return [`# ${name} ${version} (${license})`, ...texts, ''].join('\n\n');
}
