/*
 * The forms of the classic format, which a file tells by its magic number (draft-ietf-opsawg-pcap §4), and the modified one:
 * Kuznetzov's libpcap of 1999 wrote 8 bytes more before each packet, and so do AVM's FRITZ!Box routers to this day.
 */
import { asBuffer } from '../bytes/as-buffer.js';
import { u32In } from '../bytes/integers.js';

export interface PcapForm {
	readonly isLittleEndian: boolean;
	/** Units of time in a microsecond. */
	readonly unitsPerMicrosecond: number;
	/** Bytes before each packet; the first ones are those of the plain form. */
	readonly recordHeaderBytes: number;
}

/** Of the plain form. */
export const RECORD_HEADER_BYTES = 16;

/**
 * Behind the plain header: number of the interface (4), protocol (2), type of the packet as Linux has it (1) and padding (1).
 * None of it is read: a file that was converted (editcap -F modpcap) has zeros there, by which every packet came in.
 */
const MODIFIED_HEADER_BYTES = 24;

/** Until the header of a file tells its own. */
export const PLAIN_FORM: PcapForm = {
	isLittleEndian: true,
	unitsPerMicrosecond: 1,
	recordHeaderBytes: RECORD_HEADER_BYTES,
};

const FORMS: ReadonlyMap<string, PcapForm> = new Map([
	...inBothOrders('a1b2c3d4', 1, RECORD_HEADER_BYTES),
	...inBothOrders('a1b23c4d', 1000, RECORD_HEADER_BYTES),
	...inBothOrders('a1b2cd34', 1, MODIFIED_HEADER_BYTES),
]);

/** The form of a file that begins with these bytes; undefined where it is no classic pcap. */
export function pcapFormOf(head: Uint8Array): PcapForm | undefined {
	return FORMS.get(asBuffer(head.subarray(0, 4)).toString('hex'));
}

/** The file's header with the magic number of the plain form in its byte order. A copy. */
export function asPlainHeader(header: Uint8Array, { isLittleEndian }: PcapForm): Buffer {
	const copy = Buffer.from(header);
	copy.set(isLittleEndian ? [0xd4, 0xc3, 0xb2, 0xa1] : [0xa1, 0xb2, 0xc3, 0xd4]);
	return copy;
}

/** Whole records one behind the other, each with no more than the plain form's header. Copies. */
export function* asPlainRecords(
	records: Buffer,
	{ isLittleEndian, recordHeaderBytes }: PcapForm,
): Generator<Buffer> {
	const order = isLittleEndian ? 'little' : 'big';
	for (let at = 0; at < records.length; ) {
		const start = at + recordHeaderBytes;
		const end = start + u32In(records, at + 8, order);
		const header = records.subarray(at, at + RECORD_HEADER_BYTES);
		yield Buffer.concat([header, records.subarray(start, end)]);
		at = end;
	}
}

function inBothOrders(
	magic: string,
	unitsPerMicrosecond: number,
	recordHeaderBytes: number,
): readonly (readonly [string, PcapForm])[] {
	const form = { unitsPerMicrosecond, recordHeaderBytes };
	const swapped = Buffer.from(magic, 'hex').reverse().toString('hex');
	return [
		[magic, { ...form, isLittleEndian: false }],
		[swapped, { ...form, isLittleEndian: true }],
	];
}
