/*
 * Which capture format a file holds, by its first bytes and never by its name. What we do not read is named, with the
 * command that makes it readable.
 */
import { CaptureError } from './capture-error.js';
import type { CaptureFormat } from './frame.js';
import { pcapFormOf } from './pcap-form.js';

/** As many bytes as a format is told by; fewer only where the file has no more. */
export const FORMAT_BYTES = 64;

interface Magic {
	readonly bytes: readonly number[];
	readonly name: string;
	readonly code: 'compressed' | 'unsupported-format';
	readonly suggestion: string;
}

const EDITCAP = 'Convert it: editcap -F pcap FILE FILE.pcap';

const FOREIGN: readonly Magic[] = [
	compressed([0x1f, 0x8b], 'gzip-compressed', 'gzip -dc'),
	// Node reads it from 22.15 on.
	compressed([0x28, 0xb5, 0x2f, 0xfd], 'zstd-compressed', 'zstd -dc'),
	compressed([0x04, 0x22, 0x4d, 0x18], 'LZ4-compressed', 'lz4 -dc'),
	compressed([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], 'xz-compressed', 'xz -dc'),
	compressed([0x42, 0x5a, 0x68], 'bzip2-compressed', 'bzip2 -dc'),
	{
		bytes: [0x50, 0x4b, 0x03, 0x04],
		name: 'a ZIP archive',
		code: 'compressed',
		suggestion: 'Unpack it first: unzip FILE',
	},
	foreign([0x73, 0x6e, 0x6f, 0x6f, 0x70, 0, 0, 0], 'a Solaris snoop capture'),
	foreign([0x47, 0x4d, 0x42, 0x55], 'a Microsoft Network Monitor 2 capture'),
	foreign([0x52, 0x54, 0x53, 0x53], 'a Microsoft Network Monitor 1 capture'),
];

function compressed(bytes: readonly number[], name: string, command: string): Magic {
	const suggestion = `Decompress it first: ${command} FILE | sipdoctor analyze -`;
	return { bytes, name: `a ${name} file`, code: 'compressed', suggestion };
}

function foreign(bytes: readonly number[], name: string): Magic {
	return { bytes, name, code: 'unsupported-format', suggestion: EDITCAP };
}

/** The format of a file that begins with `head`, or why it cannot be read. */
export function recogniseFormat(head: Uint8Array): CaptureFormat | CaptureError {
	if (head.length === 0) {
		return new CaptureError(
			'empty-file',
			'the capture is empty: it has no bytes',
			'Check that the capture was running and was allowed to write.',
		);
	}
	const magic = Buffer.from(head.subarray(0, 4)).toString('hex');
	if (magic === '0a0d0d0a') return 'pcapng';
	if (pcapFormOf(head) !== undefined) return 'pcap';
	const known = FOREIGN.find(({ bytes }) => bytes.every((byte, at) => head[at] === byte));
	if (known !== undefined) {
		return new CaptureError(known.code, `this is ${known.name}`, known.suggestion);
	}
	if (isText(head)) {
		return new CaptureError(
			'text-file',
			'this is a text file, not a packet capture',
			'Give the pcap or pcapng file itself (tcpdump -w FILE, or Save As in Wireshark).',
		);
	}
	return new CaptureError(
		'not-a-capture',
		`this is no packet capture that sipdoctor knows: it begins with ${magic}`,
		'Give a pcap or pcapng file. Wireshark may know it: editcap -F pcap FILE FILE.pcap',
	);
}

/** Printable ASCII or UTF-8, tabs and line ends; also UTF-16 with its mark, as Windows tools write it. */
function isText(head: Uint8Array): boolean {
	const mark = ((head[0] ?? 0) << 8) | (head[1] ?? 0);
	if (mark === 0xfffe || mark === 0xfeff) return true;
	return head.every((byte) => (byte >= 0x20 ? byte !== 0x7f : byte >= 0x09 && byte <= 0x0d));
}
