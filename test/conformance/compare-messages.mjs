/* Two readings of one capture → where they differ, and which of that is known. Does no I/O. */
import { describeMessage } from './register-message.mjs';

/**
 * What sipdoctor does not read yet, by tshark's name of the protocol or what it says of the file. A line goes the day
 * it is read: then its differences count.
 */
export const NOT_YET_READ = ['compressed'];

/**
 * Differences between the readings of one file. `foundBy` is the only reader that has the message; a file that
 * sipdoctor refuses although there is a message in it is one difference, with frame 0.
 */
export function differencesOf(file, sipdoctor, tshark) {
	if (sipdoctor.refused !== undefined && tshark.messages.length > 0) {
		const notYet = NOT_YET_READ.find((word) => sipdoctor.refused.includes(word));
		return [
			{
				file,
				frame: 0,
				foundBy: 'tshark',
				text: `messages; sipdoctor says: ${sipdoctor.refused}`,
				notYet,
			},
		];
	}
	return [
		...missing(sipdoctor.messages, tshark.messages).map((message) => ({
			file,
			frame: message.frame,
			foundBy: 'sipdoctor',
			text: describeMessage(message),
			notYet: undefined,
		})),
		...missing(tshark.messages, sipdoctor.messages).map((message) => ({
			file,
			frame: message.frame,
			foundBy: 'tshark',
			text: describeMessage(message),
			notYet: NOT_YET_READ.find((protocol) => message.carriedIn.split(':').includes(protocol)),
		})),
	].toSorted((a, b) => a.frame - b.frame);
}

/** The messages of `some` that `others` lack; each of the others stands for one only. */
function missing(some, others) {
	const left = new Map();
	for (const message of others) {
		const key = describeMessage(message);
		left.set(key, (left.get(key) ?? 0) + 1);
	}
	return some.filter((message) => {
		const key = describeMessage(message);
		const count = left.get(key) ?? 0;
		if (count > 0) left.set(key, count - 1);
		return count === 0;
	});
}

/** The committed fault of tshark's that explains a difference: same end of the path, frame and finder. */
export function faultFor(difference, faults) {
	const isNamed = ({ file }) => difference.file === file || difference.file.endsWith(`/${file}`);
	return faults.find(
		(fault) =>
			isNamed(fault) &&
			fault.frames.includes(difference.frame) &&
			fault.foundBy === difference.foundBy,
	);
}
