/*
 * Compares what sipdoctor and tshark find of REGISTER requests and their responses in every file under a folder: frame,
 * method or status, CSeq number and Call-ID.
 *
 *   npm run conformance -- [DIR] [--faults FILE]
 *
 * Exits 1 on any difference that is not in the list of tshark's own faults, 2 where nothing could be compared.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { differencesOf, faultFor } from './compare-messages.mjs';
import { sipdoctorMessages } from './sipdoctor-messages.mjs';
import { tsharkMessages, tsharkVersion } from './tshark-messages.mjs';

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: { faults: { type: 'string' } },
});
const folder = positionals[0] ?? join(import.meta.dirname, '../../fixtures/captures');
const faultsFile = values.faults ?? join(import.meta.dirname, 'tshark-faults.json');
process.exitCode = await main(folder, JSON.parse(readFileSync(faultsFile, 'utf8')));

async function main(directory, faults) {
	const version = await tsharkVersion();
	if (version === undefined) {
		print('tshark is not installed: there is nothing to compare with');
		return 2;
	}
	const files = captureFiles(directory);
	const read = await compareFiles(directory, files);
	const differences = read.flatMap((one) => one.differences);
	const known = differences.filter((one) => faultFor(one, faults) !== undefined);
	const notYet = differences.filter((one) => one.notYet !== undefined && !known.includes(one));
	const open = differences.filter((one) => !known.includes(one) && !notYet.includes(one));
	printAll('Not yet read', notYet, ({ notYet: what }) => what);
	printAll("Tshark's own faults", known, (one) => faultFor(one, faults).clause);
	printAll('Differences', open, () => 'unexplained');
	const messages = read.reduce((sum, one) => sum + one.messages, 0);
	const counts = `${open.length} differences, ${known.length} faults of tshark, ${notYet.length} not yet read`;
	print(`${files.length} files, ${messages} messages of ${version}: ${counts}`);
	if (messages === 0) return 2;
	return open.length === 0 ? 0 : 1;
}

/** Two files at a time: most of it is waiting for tshark to start. */
async function compareFiles(directory, files) {
	const read = [];
	const left = files.entries();
	const compareNext = async () => {
		for (const [index, file] of left) read[index] = await compareFile(directory, file);
	};
	await Promise.all([compareNext(), compareNext()]);
	return read;
}

async function compareFile(directory, path) {
	const file = relative(directory, path);
	const [sipdoctor, tshark] = await Promise.all([sipdoctorMessages(path), tsharkMessages(path)]);
	return {
		messages: tshark.messages.length,
		differences: differencesOf(file, sipdoctor, tshark),
	};
}

/** Every file but the words about them; what is no capture both readers refuse. */
function captureFiles(directory) {
	if (!statSync(directory).isDirectory()) throw new Error(`${directory} is not a folder`);
	return readdirSync(directory, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && !/\.(?:md|json)$/.test(entry.name))
		.map((entry) => join(entry.parentPath, entry.name))
		.toSorted();
}

function printAll(title, differences, reason) {
	if (differences.length === 0) return;
	print(`${title}:`);
	for (const difference of differences) {
		const { file, foundBy, text } = difference;
		print(`  ${file}: only ${foundBy} has ${safe(text)} (${reason(difference)})`);
	}
}

function print(line) {
	process.stdout.write(`${line}\n`);
}

/** A Call-ID may hold what would drive the terminal. */
function safe(text) {
	return text.replace(/[^\x20-\x7e]/g, (character) => {
		const code = character.charCodeAt(0).toString(16).padStart(4, '0');
		return `\\u${code}`;
	});
}
