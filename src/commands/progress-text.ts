import { basename } from 'node:path';
import { cutText, textWidth } from '../report/text-width.js';

/** As much of a name as tells files apart; a terminal that is narrower has two lines. */
const MIN_NAME = 12;

/** What is known while a capture is read. */
export interface ReadSoFar {
	readonly name: string;
	readonly bytes: number;
	/** undefined: a pipe, or a file that still grows. */
	readonly total: number | undefined;
	readonly packets: number;
	readonly registrations: number;
}

/**
 * `reading trunk.pcap, 340 of 1,024 MB (33 %), 1,200,000 packets, 512 registrations`; only what there is of it. Of a path
 * that does not fit into `width` columns it is the file's name.
 */
export function progressText(soFar: ReadSoFar, width = Number.POSITIVE_INFINITY): string {
	const figures = figuresOf(soFar)
		.map((figure) => `, ${figure}`)
		.join('');
	const room = width - textWidth(`reading ${figures}`);
	return `reading ${fitted(soFar.name, Math.max(room, MIN_NAME))}${figures}`;
}

function fitted(name: string, room: number): string {
	return textWidth(name) <= room ? name : cutText(basename(name), room);
}

function figuresOf({ bytes, total, packets, registrations }: ReadSoFar): readonly string[] {
	const parts: string[] = [];
	if (bytes > 0) parts.push(bytesWords(bytes, total));
	if (packets > 0) parts.push(counted(packets, 'packet'));
	if (registrations > 0) parts.push(counted(registrations, 'registration'));
	return parts;
}

const MEGABYTE = 1_000_000;

/** A file may have grown since it was measured. */
function bytesWords(bytes: number, total: number | undefined): string {
	const read = megabytes(bytes);
	if (total === undefined || total < bytes) return `${read} MB`;
	return `${read} of ${megabytes(total)} MB (${Math.floor((bytes / total) * 100)} %)`;
}

function megabytes(bytes: number): string {
	return (bytes / MEGABYTE).toLocaleString('en-US', {
		maximumFractionDigits: bytes < 10 * MEGABYTE ? 1 : 0,
	});
}

function counted(n: number, one: string): string {
	return `${n.toLocaleString('en-US')} ${one}${n === 1 ? '' : 's'}`;
}
