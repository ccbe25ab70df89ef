/* A suite as JUnit XML, as GitLab, Jenkins and GitHub actions read it: a test case an entry. */
import { toRfc3339 } from '../time/instant.js';
import {
	type CheckedEntry,
	type CheckedSuite,
	complaints,
	verdictCounts,
} from './check-document.js';
import { shown } from './plain-words.js';
import { escapeXml } from './xml.js';

/** The XML document, its last line not ended. */
export function renderCheckJunit(suite: CheckedSuite): string {
	const counts = verdictCounts(suite.entries);
	const numbers = attributes({
		tests: String(suite.entries.length),
		failures: String(counts.failed),
		errors: String(counts.crashed),
		time: seconds(suite.ms),
	});
	// The schema of Jenkins' xUnit knows it of a test suite alone.
	const skipped = attributes({ skipped: String(counts['not-run']) });
	const name = shown(suite.file);
	const timestamp = toRfc3339(suite.startedAt).slice(0, 19);
	return [
		'<?xml version="1.0" encoding="UTF-8"?>',
		`<testsuites${attributes({ name: 'sipdoctor check' })}${numbers}>`,
		`\t<testsuite${attributes({ name, timestamp })}${numbers}${skipped}>`,
		...suite.entries.flatMap((entry) => testCase(entry, name)),
		'\t</testsuite>',
		'</testsuites>',
	].join('\n');
}

function testCase(entry: CheckedEntry, file: string): readonly string[] {
	const head = attributes({
		classname: file,
		name: shown(entry.name),
		file,
		line: String(entry.line),
		time: seconds(entry.ms),
	});
	const message = complaints(entry)
		.map((text) => shown(text))
		.join('; ');
	const open = `\t\t<testcase${head}>`;
	switch (entry.verdict) {
		case 'held':
			return [`\t\t<testcase${head}/>`];
		case 'failed': {
			const type = entry.seen?.cause?.id ?? entry.seen?.outcome ?? 'failed';
			const body = escapeXml(details(entry).join('\n')).replaceAll('&#10;', '\n');
			const failure = `\t\t\t<failure${attributes({ type, message })}>${body}</failure>`;
			return [open, failure, '\t\t</testcase>'];
		}
		case 'crashed':
			return [open, `\t\t\t<error${attributes({ type: 'crashed', message })}/>`, '\t\t</testcase>'];
		case 'not-run':
			return [open, `\t\t\t<skipped${attributes({ message })}/>`, '\t\t</testcase>'];
	}
}

function details(entry: CheckedEntry): readonly string[] {
	const cause = entry.seen?.cause;
	return [
		...complaints(entry).map((text) => shown(text)),
		...(cause === undefined ? [] : [`cause: ${cause.id}: ${shown(cause.summary)}`]),
		...(cause?.fix ?? []).map(({ who, what }) => `fix (${who}): ${shown(what)}`),
	];
}

function attributes(values: Readonly<Record<string, string>>): string {
	return Object.entries(values)
		.map(([name, value]) => ` ${name}="${escapeXml(value)}"`)
		.join('');
}

function seconds(ms: number): string {
	return (ms / 1000).toFixed(3);
}
