/** Captured SIP messages over UDP, written in other words that mean the same (RFC 3261 §7.3). */

const IP_AT = 14;
const UDP_AT = IP_AT + 20;
const TEXT_AT = UDP_AT + 8;

export interface HeaderLine {
	readonly name: string;
	readonly value: string;
}

/** The frame with the header fields of its message rewritten; the frame itself where it has none, or is no plain IPv4. */
export function reworded(
	frame: Buffer,
	rewrite: (lines: readonly HeaderLine[]) => readonly HeaderLine[],
): Buffer {
	const isPlain = frame.length > TEXT_AT && frame.readUInt16BE(12) === 0x0800;
	if (!isPlain || frame[IP_AT] !== 0x45 || frame[IP_AT + 9] !== 17) return frame;
	if ((frame.readUInt16BE(IP_AT + 6) & 0x3fff) !== 0) return frame;
	const text = frame.toString('latin1', TEXT_AT, UDP_AT + frame.readUInt16BE(UDP_AT + 4));
	const end = text.indexOf('\r\n\r\n');
	const [start = '', ...lines] = text.slice(0, end).split('\r\n');
	if (end < 0 || !start.includes('SIP/2.0')) return frame;
	const fields = rewrite(lines.map(headerLine)).map(({ name, value }) => `${name}:${value}\r\n`);
	const message = Buffer.from(`${start}\r\n${fields.join('')}${text.slice(end + 2)}`, 'latin1');
	const written = Buffer.concat([frame.subarray(0, TEXT_AT), message]);
	written.writeUInt16BE(28 + message.length, IP_AT + 2);
	written.writeUInt16BE(8 + message.length, UDP_AT + 4);
	// None: of the one that was there nothing would be right.
	written.writeUInt16BE(0, UDP_AT + 6);
	return written;
}

function headerLine(line: string): HeaderLine {
	const colon = line.indexOf(':');
	return { name: line.slice(0, colon), value: line.slice(colon + 1) };
}
