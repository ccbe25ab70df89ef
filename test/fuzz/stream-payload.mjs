/* Payloads of TCP segments changed with everything below them right: later segments keep their place in the stream. */
import { segmentOffsetsOf, withSegment } from './packet.mjs';

/** The payload of a record's TCP segment; undefined where it has none. */
export function streamPayload({ bytes }, linkType) {
	const offsets = segmentOffsetsOf(bytes, linkType);
	if (offsets === undefined || offsets.end === offsets.payload) return undefined;
	return bytes.subarray(offsets.payload, offsets.end);
}

/** The capture with one payload changed, of those that `isOf` takes; itself where there is none. */
export function mapStreamPayload(capture, random, isOf, change) {
	const { linkType, records } = capture;
	const candidates = [...records.keys()].filter((at) => {
		const payload = streamPayload(records[at], linkType);
		return payload !== undefined && isOf(payload);
	});
	if (candidates.length === 0) return capture;
	const at = random.pick(candidates);
	const before = streamPayload(records[at], linkType);
	const after = change(before);
	const flow = flowOf(records[at], linkType);
	const shift = after.length - before.length;
	return {
		linkType,
		records: records.map((record, index) => {
			if (index === at) return placed(record, linkType, after, 0);
			if (index < at || flowOf(record, linkType) !== flow) return record;
			return placed(record, linkType, streamPayload(record, linkType) ?? Buffer.alloc(0), shift);
		}),
	};
}

function placed(record, linkType, content, shift) {
	const offsets = segmentOffsetsOf(record.bytes, linkType);
	const bytes = withSegment(record.bytes, offsets, content, shift);
	return { ...record, bytes, originalLength: bytes.length };
}

/** Addresses and ports of a segment, in one direction. */
function flowOf({ bytes }, linkType) {
	const offsets = segmentOffsetsOf(bytes, linkType);
	if (offsets === undefined) return undefined;
	const { ip, transport } = offsets;
	const ends = [bytes.subarray(ip + 12, ip + 20), bytes.subarray(transport, transport + 4)];
	return Buffer.concat(ends).toString('hex');
}
