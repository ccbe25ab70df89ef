/* A capture file in gzip (RFC 1952), whole or broken at that level. */
import { gzipSync } from 'node:zlib';
import { mutateBytes } from './byte-mutations.mjs';

export const GZIP_MUTATIONS = [
	(file) => gzipSync(file),
	members,
	members,
	optionalFields,
	damaged,
	damaged,
	damaged,
	cut,
	cut,
	behind,
	(file) => gzipSync(gzipSync(file)),
	wrongTrailer,
];

export function mutateGzip(file, random) {
	return random.pick(GZIP_MUTATIONS)(file, random);
}

/** RFC 1952 §2.2: a file is a series of members, which may be empty. */
function members(file, random) {
	const parts = [];
	let at = 0;
	for (let left = random.between(1, 5); left > 0; left -= 1) {
		const end = at + random.below(file.length - at + 1);
		parts.push(file.subarray(at, end));
		at = end;
	}
	parts.push(file.subarray(at));
	return Buffer.concat(parts.map((part) => gzipSync(part, { level: random.below(10) })));
}

/** Extra field, name, comment and header checksum (RFC 1952 §2.3), at times without their end. */
function optionalFields(file, random) {
	const whole = gzipSync(file);
	const flags = random.below(256);
	const head = Buffer.from(whole.subarray(0, 10));
	head[3] = flags;
	const fields = [
		(flags & 4) === 0 ? [] : [3, 0, 1, 2, 3],
		(flags & 8) === 0 ? [] : [97, 98, 0],
		(flags & 16) === 0 ? [] : [97, 98, 0],
		(flags & 2) === 0 ? [] : [random.below(256), random.below(256)],
	].flat();
	const kept = random.once(4) ? fields.slice(0, -1) : fields;
	return Buffer.concat([head, Buffer.from(kept), whole.subarray(10)]);
}

function damaged(file, random) {
	const whole = gzipSync(file);
	return Buffer.concat([whole.subarray(0, 10), mutateBytes(whole.subarray(10), random)]);
}

function cut(file, random) {
	const whole = gzipSync(file);
	return whole.subarray(0, random.below(whole.length));
}

/** What stands behind the last member: nothing of it counts. */
function behind(file, random) {
	const tail = random.pick([
		Buffer.alloc(512),
		file,
		Buffer.from([0x1f]),
		Buffer.from([0x1f, 0x8b, 8]),
		Buffer.from('garbage'),
	]);
	return Buffer.concat([gzipSync(file), tail]);
}

function wrongTrailer(file, random) {
	const whole = gzipSync(file);
	whole[whole.length - 1 - random.below(8)] ^= 1 << random.below(8);
	return whole;
}
