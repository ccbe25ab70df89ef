/* That a phone or a server writes its header fields in another way changes no verdict (RFC 3261 §7.3.1, §7.3.3). */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRecords, verdictsOn } from '../support/record-list.js';
import { type HeaderLine, reworded } from '../support/reworded.js';

const CAPTURES = join(import.meta.dirname, '../../fixtures/captures');
const ETHERNET = 1;

/** There the very length of a message decides, or stands in what reports it. */
const TOLD_BY_LENGTH = /^(?:formats|tunnels|hep|fragment-lost|tcp-fallback|message-too-large|mtu)/;

const names = readdirSync(CAPTURES, { recursive: true, encoding: 'utf8' })
	.filter((name) => name.endsWith('.pcap') && !TOLD_BY_LENGTH.test(name))
	.toSorted();

const COMPACT: Readonly<Record<string, string>> = {
	...{ via: 'v', from: 'f', to: 't', 'call-id': 'i', contact: 'm' },
	...{ supported: 'k', 'content-length': 'l' },
};
const mapped = (change: (line: HeaderLine) => HeaderLine) => (lines: readonly HeaderLine[]) =>
	lines.map(change);
const isVia = ({ name }: HeaderLine) => /^via$/i.test(name);

const WORDINGS: readonly (readonly [
	how: string,
	rewrite: (lines: readonly HeaderLine[]) => readonly HeaderLine[],
])[] = [
	[
		'in compact form',
		mapped(({ name, value }) => ({ name: COMPACT[name.toLowerCase()] ?? name, value })),
	],
	['in lower case', mapped(({ name, value }) => ({ name: name.toLowerCase(), value }))],
	[
		'with blanks around the colon',
		mapped(({ name, value }) => ({ name: `${name} `, value: ` ${value}` })),
	],
	['without blanks', mapped(({ name, value }) => ({ name, value: value.trim() }))],
	[
		'over several lines',
		mapped(({ name, value }) => ({ name, value: value.replace(/, (?=[a-z]+=)/g, ',\r\n\t') })),
	],
	// Of several Vias the order counts.
	[
		'in another order',
		(lines) => [...lines.filter((line) => !isVia(line)).toReversed(), ...lines.filter(isVia)],
	],
	[
		'between others that nobody knows',
		(lines) => [
			{ name: 'X-First', value: ' 1, "2;3"' },
			...lines,
			{ name: 'X-Last', value: ' <sip:a@b;c=d>' },
		],
	],
];

describe.each(WORDINGS)('header fields %s', (_how, rewrite) => {
	it('change no verdict on any capture', async () => {
		let changed = 0;
		for (const name of names) {
			const list = await readRecords(join(CAPTURES, name));
			if (list.linkType !== ETHERNET) continue;
			const records = list.records.map(({ at, bytes }) => ({
				at,
				bytes: reworded(bytes, rewrite),
			}));
			if (records.every(({ bytes }, index) => bytes === list.records[index]?.bytes)) continue;
			changed += 1;
			const [before, after] = [await verdictsOn(list), await verdictsOn({ ...list, records })];
			expect([name, after.map(verdict)]).toEqual([name, before.map(verdict)]);
		}
		expect(changed).toBeGreaterThan(250);
	});
});

function verdict({ outcome, cause, finalStatus }: Awaited<ReturnType<typeof verdictsOn>>[number]) {
	return { outcome, cause, finalStatus };
}
