/** What is known while a capture is read. */
export interface ReadSoFar {
	readonly name: string;
	readonly bytes: number;
	/** undefined: a pipe, or a file that still grows. */
	readonly total: number | undefined;
	readonly packets: number;
	readonly registrations: number;
}

/** `reading trunk.pcap, 340 of 1,024 MB (33 %), 1,200,000 packets, 512 registrations`; only what there is of it. */
export function progressText({ name, bytes, total, packets, registrations }: ReadSoFar): string {
	const parts = [`reading ${name}`];
	if (bytes > 0) parts.push(bytesWords(bytes, total));
	if (packets > 0) parts.push(counted(packets, 'packet'));
	if (registrations > 0) parts.push(counted(registrations, 'registration'));
	return parts.join(', ');
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
